/** The statuses of gRPC by number, as those of HTTP: what `google.rpc.Code` says they mean. */
const HTTP: readonly number[] = [
  200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
]
const UNKNOWN = 500

/**
 * The status of HTTP that a call's `grpc-status` stands for: over HTTP/2 all of them are sent with 200. So a call has failed
 * where the server is at fault (deadline, internal, unavailable, not implemented, unknown), not where it says no (not
 * found, unauthenticated, exhausted).
 *
 * @example httpStatus(13) // 500: INTERNAL
 */
export function httpStatus(code: number): number {
  return HTTP[code] ?? UNKNOWN
}

const UNITS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 }

/** @param header `grpc-timeout`: at most eight digits and a unit; `100m` are 100 ms */
export function timeoutMs(header: unknown): number | undefined {
  const found = typeof header === 'string' ? /^(\d{1,8})([HMSmun])$/.exec(header) : null
  return found === null ? undefined : Number(found[1]) * UNITS[found[2]!]!
}
