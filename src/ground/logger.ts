/** Where Yardstick says things to people: start, port, warnings. Give your own to route them elsewhere. */
export interface Logger {
  readonly info: (message: string) => void
  readonly warn: (message: string) => void
}
