/** One way to measure a service, as it takes part in the comparison. */
export interface Entrant {
  readonly name: string
  /** Its module in `monitors/`, as `server.ts` knows it. */
  readonly monitor: string
  readonly execArgv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}
