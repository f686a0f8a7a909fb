import type { TestEvent } from 'node:test/reporters'

/** How the tests of a file went, or all of a run when it names no file. */
export interface Summary {
  readonly file?: string
  readonly duration_ms: number
  readonly counts: Readonly<Record<'passed' | 'failed' | 'cancelled' | 'skipped' | 'todo', number>>
}

/** A reporter for `node --test`: one summary a line, as JSON. */
async function* summaries(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type === 'test:summary') yield `${JSON.stringify(data)}\n`
  }
}

// biome-ignore lint/style/noDefaultExport: so the test runner wants it
export default summaries
