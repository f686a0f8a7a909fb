import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'

/** How the tests of a file went, or all of a run when it names no file. */
export interface Summary {
  readonly type: 'summary'
  readonly file?: string | undefined
  readonly duration_ms: number
  readonly counts: Readonly<Record<'passed' | 'failed' | 'cancelled' | 'skipped' | 'todo', number>>
}

/** A test that failed, and what it said. */
export interface Failure {
  readonly type: 'failure'
  readonly file?: string | undefined
  readonly name: string
  readonly error: string
}

/** A reporter for `node --test`: one summary or failure a line, as JSON. */
async function* outcomes(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    // Node's own types leave out that it counts what failed.
    if (type === 'test:summary') yield line({ ...data, type: 'summary' } as unknown as Summary)
    if (type !== 'test:fail' || data.todo) continue
    const { error } = data.details
    // A suite fails with each of its tests, which are told themselves.
    if ('failureType' in error && error.failureType === 'subtestsFailed') continue
    const { file, name } = data
    yield line({ type: 'failure', file, name, error: inspect(error.cause ?? error) })
  }
}

function line(outcome: Summary | Failure): string {
  return `${JSON.stringify(outcome)}\n`
}

// biome-ignore lint/style/noDefaultExport: so the test runner wants it
export default outcomes
