import { writeSync } from 'node:fs'
import type { Logger } from './ground/logger.ts'

// Not console: in a worker it waits for the main thread, and may be patched by the application.
function say(message: string): void {
  try {
    writeSync(2, `yardstick: ${message}\n`)
  } catch {
    // A closed or full stderr is no reason to disturb the application.
  }
}

/** Warnings always, news only where a person is likely to read them. */
export const standardError: Logger = {
  info: (message) => {
    if (process.stderr.isTTY || process.env.YARDSTICK_LOG === 'info') say(message)
  },
  warn: say,
}
