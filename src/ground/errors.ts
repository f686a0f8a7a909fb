/**
 * Every error a user can meet, by code. A code is never used for something else once released;
 * `docs/errors.md` lists the same codes (a test compares them).
 */
export const ERRORS = {
  YS_CONFIG: 'The configuration has problems; the message lists all of them.',
  YS_CONFIG_FILE: 'The configuration file could not be read.',
  YS_CONFIG_FUNCTION: 'An option holds a function that would have to run on another thread.',
  YS_NAME: 'A component or series name is empty, too long, or not a string.',
  YS_NODE_VERSION: 'This version of Node.js is too old for Yardstick.',
  YS_PORT: "Yardstick's own port could not be opened.",
  YS_ENGINE: "Yardstick's engine thread stopped and is being restarted.",
  YS_RUN_ENTRY: 'What `yardstick run` should start was not found, or not said.',
  YS_RUN_OPTION: 'An option of `yardstick run` is not valid.',
  YS_RUN_START: 'What `yardstick run` should start was found, but could not be started.',
  YS_PROJECT: 'There is no package.json here that can be read or changed.',
  YS_API_UNREACHABLE: 'No Yardstick answered at the address.',
  YS_API_SEVERAL: 'Several services run in this folder, and it was not said which one is meant.',
  YS_API_ANSWER: 'What answered at the address refused, or did not answer as Yardstick does.',
  YS_SCENARIO: 'A scenario, or a series of measurements to replay, could not be read.',
  YS_STORE_OPEN: 'The store could not be opened for writing.',
  YS_STORE_SCHEMA: 'The store was written by a newer version of Yardstick.',
  YS_STORE_FAILED: 'The store could not be written or read this time.',
  YS_STORE_DATA: 'Stored bytes are not what Yardstick wrote.',
  YS_STORE_CLOSED: 'The store was used after it was closed.',
  YS_NOTIFIER: 'There is no notifier of this name, or its options are not valid.',
  YS_NOTIFIER_FAILED: 'A notice did not get through this time.',
} as const

export type ErrorCode = keyof typeof ERRORS

/**
 * An error of Yardstick's own. `code` is stable and documented in `docs/errors.md`; `message` says what was
 * expected, what came and how to fix it.
 */
export class YardstickError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'YardstickError'
    this.code = code
  }
}
