import type { BurnRatePolicy } from './burn-rate-policy.ts'
import type { RatioPolicy } from './ratio-policy.ts'

/** When an alert fires and resolves. */
export type Policy = RatioPolicy | BurnRatePolicy
