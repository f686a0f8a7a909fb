import { z } from 'zod'
import type { AlertWatch } from '../alerts/watch.ts'
import type { AlertDesk } from '../engine/alerting/alert-desk.ts'
import type { Holdings } from '../engine/holdings.ts'
import type { Snapshot, WindowSnapshot } from '../engine/snapshot.ts'
import type { BodyCheck } from './body-check.ts'
import type { ApiSettings } from './source.ts'

/** Where all endpoints live. */
export const BASE = '/api/v1/performance'

export type Method = 'GET' | 'POST' | 'DELETE'

/** What an answer is made from; the figures are all of one cycle. */
export interface Ask<Query = unknown, Body = unknown> {
  readonly snapshot: Snapshot
  /** Alerts, silences and maintenance as they are now. */
  readonly watch: AlertWatch
  /** The alerts' history, and where decisions go. */
  readonly desk: AlertDesk
  /** What the store holds. */
  readonly holdings: Pick<Holdings, 'read'>
  readonly settings: ApiSettings
  /** The window that was asked for, or the default one. */
  readonly window: () => WindowSnapshot
  /** The path as the client wrote it. */
  readonly path: string
  /** A part of the path, such as `id` of `/alerts/:id`. */
  readonly part: (name: string) => string
  readonly query: Query
  readonly body: Body
  readonly endpoints: readonly Endpoint[]
}

/** One endpoint: where, what for, what it takes and answers, and how. The OpenAPI document is made from the same. */
export interface Endpoint {
  readonly method: Method
  /** Below `BASE`; empty for the index. `:name` stands for a part that the client chooses. */
  readonly path: string
  /** Unique; the operation's name in generated clients. */
  readonly name: string
  readonly summary: string
  readonly description: string
  /** Whether `?window=` is taken. */
  readonly windowed: boolean
  /** Other query parameters, each read from text. Their description follows "Expected x to be". */
  readonly query: z.ZodObject
  /** What a POST or DELETE has to send. */
  readonly body: z.ZodObject | undefined
  readonly checks: readonly BodyCheck[]
  readonly status: 200 | 201
  readonly response: z.ZodType
  /** One that is windowed must not await: the windows of a snapshot are good until the next cycle only. */
  readonly answer: (ask: Ask<never, never>) => unknown
}

const NO_PARAMETERS = z.object({})

type About = Pick<Endpoint, 'path' | 'name' | 'summary' | 'description'>

/** Reads something. Checks at compile time that it answers what its schema says. */
export function endpoint<T, Query extends z.ZodRawShape = Record<never, never>>(
  made: About & {
    readonly windowed: boolean
    readonly query?: z.ZodObject<Query>
    readonly response: z.ZodType<T>
    readonly answer: (ask: Ask<z.infer<z.ZodObject<Query>>>) => NoInfer<T> | Promise<NoInfer<T>>
  },
): Endpoint {
  return { query: NO_PARAMETERS, ...made, method: 'GET', body: undefined, checks: [], status: 200 }
}

/** Changes something. It takes JSON and no query; `status` is 201 where something new can be found afterwards. */
export function command<T, Body>(
  made: About & {
    readonly method: 'POST' | 'DELETE'
    readonly status?: 200 | 201
    readonly body: z.ZodObject & z.ZodType<Body>
    /** What the body has to be beyond its form. Default: nothing. */
    readonly checks?: readonly BodyCheck[]
    readonly response: z.ZodType<T>
    readonly answer: (ask: Ask<unknown, NoInfer<Body>>) => Promise<NoInfer<T>>
  },
): Endpoint {
  return { status: 200, checks: [], ...made, windowed: false, query: NO_PARAMETERS }
}
