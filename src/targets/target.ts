/** What a target looks at. */
export type Indicator =
  /** A percentile (0–1) of the duration over all operations must stay strictly under `limitMs`. */
  | { readonly kind: 'latency'; readonly percentile: number; readonly limitMs: number }
  /** The share of cache reads that hit must stay strictly over `share` (0–1). */
  | { readonly kind: 'hit_rate'; readonly share: number }

export type Latency = Extract<Indicator, { readonly kind: 'latency' }>
export type HitRate = Extract<Indicator, { readonly kind: 'hit_rate' }>

/**
 * Where each letter ends, on the indicator's own scale: for latency a percentile strictly under `a` ms is an A;
 * for a hit rate a share strictly over `a` is one. Past `d` it is an F.
 */
export interface GradeLimits {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
}

/** One performance requirement, as the engine judges it. Made from the configuration; complete and valid. */
export interface Target {
  /** Unique and stable, e.g. `authentication` or `request GET /admin/**`. */
  readonly id: string
  readonly component: string
  /** A series' name, or a pattern (`*` within a path segment, `**` across); absent: the whole component. */
  readonly series?: string
  /** Series (names or patterns) that the target leaves out. */
  readonly except: readonly string[]
  readonly indicator: Indicator
  readonly grades: GradeLimits
  /** Share in the overall grade; default 1 for a component's own target, 0 for others. */
  readonly weight: number
}
