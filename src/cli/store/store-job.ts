import type { StoreSettings } from '../../config/settings.ts'

/** What each part of the command works on. */
export interface StoreJob {
  readonly store: StoreSettings
  readonly directory: string
  /** Says a result: the object where JSON is wanted, else the text. */
  readonly say: (text: string, json: object) => void
}
