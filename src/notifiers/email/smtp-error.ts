import { redacted } from '../../engine/delivery/redaction.ts'
import { DeliveryError } from '../../engine/delivery.ts'

const LONGEST = 200

/** Faults that no second attempt mends although the server said nothing: options, addresses, certificates. */
const LASTING: readonly string[] = [
  'EAUTH',
  'ENOAUTH',
  'EENVELOPE',
  'EMESSAGE',
  'ETLS',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]

/**
 * SMTP's own answer decides: 4xx may pass, 5xx stays but for 503, which only means that the session was mixed up.
 * Without one, whether the fault is the network's.
 */
export function smtpError(
  error: unknown,
  { host, secrets }: { readonly host: string; readonly secrets: readonly (string | undefined)[] },
): DeliveryError {
  const { message, code, responseCode } = error as {
    readonly message?: unknown
    readonly code?: unknown
    readonly responseCode?: unknown
  }
  const known = secrets.filter((secret) => secret !== undefined)
  const said = redacted(typeof message === 'string' ? message : String(error), known)
    .replace(/\s+/g, ' ')
    .slice(0, LONGEST)
  const retryable =
    typeof responseCode === 'number'
      ? responseCode < 500 || responseCode === 503
      : typeof code !== 'string' || !LASTING.includes(code)
  return new DeliveryError(`${host}: ${said}`, { retryable })
}
