import type { z } from 'zod'
import type { Snapshot, WindowSnapshot } from '../engine/snapshot.ts'
import type { ApiSettings } from './source.ts'

/** Where all endpoints live. */
export const BASE = '/api/v1/performance'

/** What an answer is made from; all of one cycle. */
export interface Ask {
  readonly snapshot: Snapshot
  readonly settings: ApiSettings
  /** The window that was asked for, or the default one. */
  readonly window: () => WindowSnapshot
  /** The path as the client wrote it. */
  readonly path: string
  readonly endpoints: readonly Endpoint[]
}

/** One GET endpoint: where, what for, what it answers, and how. The OpenAPI document is made from the same. */
export interface Endpoint {
  /** Below `BASE`; empty for the index. */
  readonly path: string
  /** Unique; the operation's name in generated clients. */
  readonly name: string
  readonly summary: string
  readonly description: string
  /** Whether `?window=` is taken. No other parameter exists. */
  readonly windowed: boolean
  readonly response: z.ZodType
  /** Must not await: the windows of a snapshot are good until the next cycle only. */
  readonly answer: (ask: Ask) => unknown
}

/** Checks at compile time that an endpoint answers what its schema says. */
export function endpoint<T>(
  made: Omit<Endpoint, 'response' | 'answer'> & {
    readonly response: z.ZodType<T>
    readonly answer: (ask: Ask) => NoInfer<T>
  },
): Endpoint {
  return made
}
