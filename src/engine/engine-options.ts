import type { AlertEvent } from '../alerts/event.ts'
import type { AlertPage } from '../alerts/notice.ts'
import type { AlertOptions } from '../alerts/options.ts'
import type { Clock } from '../ground/clock.ts'
import type { WindowName } from '../measure/window.ts'
import type { Target } from '../targets/target.ts'
import type { Notifier } from './delivery.ts'
import type { Store } from './store.ts'

/** What the engine has to know; part of the resolved configuration. */
export interface EngineSettings {
  readonly service: string
  readonly targets: readonly Target[]
  /** The window that grades are given for unless another is asked. */
  readonly window: WindowName
  readonly seriesLimit: number
  readonly alerts: AlertOptions
}

export interface EngineOptions {
  readonly settings: EngineSettings
  readonly store: Store
  readonly clock: Clock
  /** New at every start of a process: with the flush number it is the identity of what is saved. */
  readonly instance: string
  readonly version: string
  readonly mode: 'thread' | 'inline'
  /** How often the engine's thread was started again. */
  readonly restarts?: number
  /** Whom alerts are told. Default: nobody. */
  readonly notifiers?: readonly Notifier[]
  /** Where people read of alerts: notices link to it. Default: no link. */
  readonly alertPage?: AlertPage
  /** Hears of every event of an alert once it is saved, wherever it was made. */
  readonly onAlertEvent?: (event: AlertEvent) => void
  /**
   * When the tallies were last read, wall ms; before that, when recording began. Kept beside them in shared memory, so
   * that an engine that is started again can say since when it counts. Default: now.
   */
  readonly read?: Float64Array
}
