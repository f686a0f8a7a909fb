import type { RecorderReport } from './recorder-report.ts'
import type { SlowRequest } from './slow-request.ts'

/** What a thread tells the engine, once per tally: where to read it. Buffers are shared, not copied. */
export type Announcement =
  | { readonly kind: 'loop'; readonly thread: number; readonly buffer: SharedArrayBuffer }
  | {
      readonly kind: 'series'
      readonly thread: number
      readonly component: string
      readonly name: string
      readonly nested: boolean
      /** The tally of a request or a job has the longer layout. */
      readonly request: boolean
      readonly buffer: SharedArrayBuffer
    }
  /** The thread's number for a component in request breakdowns. */
  | { readonly kind: 'part'; readonly thread: number; readonly part: number; readonly component: string }
  /** A slow or failed request; few an hour, and never told again. */
  | { readonly kind: 'example'; readonly thread: number; readonly example: SlowRequest }
  /** How a recorder fares. */
  | { readonly kind: 'recorder'; readonly thread: number; readonly report: RecorderReport }
  /** An error of our own that was swallowed, in words. */
  | { readonly kind: 'error'; readonly thread: number; readonly text: string }
