import type { Logger } from '../../src/ground/logger.ts'

/** A logger that remembers what it was told. */
export class Said implements Logger {
  readonly warnings: string[] = []
  readonly infos: string[] = []
  readonly warn = (message: string): void => {
    this.warnings.push(message)
  }
  readonly info = (message: string): void => {
    this.infos.push(message)
  }
}
