import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { traced } from '../libraries/traced.ts'
import { hasFailed } from './failures.ts'
import { definitionOf, type ExecutionArguments, Operations } from './operations.ts'

/**
 * Operations of `graphql`, and of the executor that GraphQL Yoga has instead, from the call to the result: servers that
 * parse, check and cache by themselves call it for each. Of a subscription it is the time until its source is open; what
 * comes of each event is not an operation of its own. Operations that do not parse, or are not valid, are none.
 */
export function graphql(): Recorder {
  return library({
    name: 'graphql',
    versions: { graphql: '>=16.0 <17.2', '@graphql-tools/executor': '>=1.2 <2.2' },
    files: {
      'graphql/execution/execute.js': watching('execute', 'executeSync'),
      'graphql/execution/subscribe.js': watching('subscribe'),
      '@graphql-tools/executor/cjs/execution/execute.js': watching('execute', 'executeSync', 'subscribe'),
    },
    // Their other functions call these by the same bindings.
    modules: {
      'graphql/execution/execute.mjs': { bindings: ['execute'], patch: watching('execute') },
      'graphql/execution/subscribe.mjs': { bindings: ['subscribe'], patch: watching('subscribe') },
      '@graphql-tools/executor/esm/execution/execute.js': {
        bindings: ['execute', 'subscribe'],
        patch: watching('execute', 'subscribe'),
      },
    },
    channel: { since: { graphql: '>=17' }, subscribe },
  })
}

function subscribe(instrument: Instrument): void {
  const operations = new Operations(instrument.ledger)
  const operationOf = (asked: ExecutionArguments) => operations.find(asked)
  for (const name of ['graphql:execute', 'graphql:subscribe']) {
    traced(instrument, name, { operationOf, sync: 'either', hasFailed })
  }
}

function watching(...names: readonly string[]): (exports: object, instrument: Instrument) => void {
  return (exports, instrument) => {
    const operations = new Operations(instrument.ledger)
    for (const name of names) {
      const operationOf = (_self: unknown, [given]: readonly unknown[]) => {
        const asked = given as ExecutionArguments
        // Version 16 executes what comes of each event, too.
        if (name !== 'subscribe' && definitionOf(asked)?.operation === 'subscription') return undefined
        return operations.find(asked)
      }
      instrument.time(exports, name, operationOf, { hasFailed, callbacks: false })
    }
  }
}
