/** How a recorder fares, with one version of one library where it watches libraries. */
export interface RecorderReport {
  /** The recorder's. */
  readonly name: string
  /** The package, by the name in its package.json. Absent: the recorder as a whole. */
  readonly library?: string
  /** As its package.json says. */
  readonly version?: string
  /**
   * `attached`: it records. `waiting`: its library has not been loaded, or is bundled into other files.
   * `degraded`: it records in part, not at all, or without anybody having tried it with this version; `detail` says which.
   */
  readonly state: 'attached' | 'waiting' | 'degraded'
  /**
   * `channel`: the library publishes itself. `patch`: its CommonJS files after they ran. `module`: its ES modules. Absent
   * where nothing of it is recorded.
   */
  readonly how?: 'channel' | 'patch' | 'module'
  readonly detail?: string
  /** Whose work it does not record, by name: `detail` is to end with these, those of all threads together. */
  readonly lacking?: readonly string[]
}
