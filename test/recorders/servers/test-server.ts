/** A real server, run for a test. */
export interface TestServer {
  readonly port: number
  readonly stop: () => Promise<void>
}
