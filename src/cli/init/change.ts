/** One file that would be made or changed. */
export interface Change {
  /** Relative to the project's folder. */
  readonly file: string
  /** What it holds now; absent where there is none. */
  readonly before?: string
  readonly after: string
  /** The lines that go and come. */
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

/** What would be done, and what is left to the user. */
export interface Plan {
  readonly changes: readonly Change[]
  /** What is as it should be already. */
  readonly kept: readonly string[]
  /** What has to be done by hand. */
  readonly left: readonly string[]
}
