import type { Announcement } from '../../measure/announcement.ts'
import type { WindowName } from '../../measure/window.ts'
import type { AlertNews } from '../alerting/alert-news.ts'
import type { SelfReport } from '../snapshot.ts'
import type { ThreadSettings } from './thread-settings.ts'

/** A request that reached a router mounted in the application and is answered by the engine's thread. */
export interface ForwardedRequest {
  readonly method: string
  /** Path and query below the mount point. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly httpVersion: string
  readonly body: Uint8Array | undefined
  readonly remoteAddress: string | undefined
  /** What the application's own access rule said; `undefined` where it has none. */
  readonly granted: boolean | undefined
}

export interface ForwardedResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** From the main thread to the engine's thread. */
export type ToEngine =
  | { readonly kind: 'request'; readonly id: number; readonly request: ForwardedRequest }
  | { readonly kind: 'recorders'; readonly recorders: SelfReport['recorders'] }
  | { readonly kind: 'announcement'; readonly announcement: Announcement }
  /** Somebody wants to hear of alerts. */
  | { readonly kind: 'listen' }
  /** Save now and wake whoever waits on the word. */
  | { readonly kind: 'flush' }
  | { readonly kind: 'stop' }

/** From the engine's thread to the main thread. */
export type FromEngine =
  /** The configuration is loaded; what it says follows. */
  | { readonly kind: 'configured' }
  | { readonly kind: 'ready'; readonly url: string | undefined; readonly window: WindowName }
  | { readonly kind: 'settings'; readonly settings: ThreadSettings }
  /** The configuration says that nothing is to be measured. */
  | { readonly kind: 'disabled' }
  /** For the callbacks of `onAlert`. */
  | { readonly kind: 'alert'; readonly news: AlertNews }
  /** An error of ours, in words; nobody has to do anything. */
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'response'; readonly id: number; readonly response: ForwardedResponse }

/** What the engine's thread is started with. */
export interface EngineWorkerData {
  /** Options given in application code: plain data. */
  readonly options: unknown
  /** Where the application was started: configuration and store are found from here. */
  readonly directory: string
  /** The application's entry file; `undefined` where somebody forked it, who knows what counts together. */
  readonly program: string | undefined
  /** 0 until a flush is done. */
  readonly flushed: SharedArrayBuffer
  /** A Float64: when the tallies were last read, wall ms; before that, when recording began. */
  readonly read: SharedArrayBuffer
  readonly restarts: number
}
