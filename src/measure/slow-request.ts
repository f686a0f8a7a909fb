/** One slow or failed request of a series: where its time went, and nothing that says whose it was. */
export interface SlowRequest {
  readonly series: string
  readonly durationMs: number
  readonly failed: boolean
  readonly breakdown: readonly SlowPart[]
  /** Time with no measured operation open. */
  readonly ownMs: number
  /** The trace of OpenTelemetry's that it belongs to. */
  readonly traceId?: string
}

/** One that is kept, stored and shown. */
export interface Example extends SlowRequest {
  readonly atMs: number
}

export interface SlowPart {
  readonly component: string
  readonly calls: number
  /** Time with at least one such operation open. */
  readonly wallMs: number
}
