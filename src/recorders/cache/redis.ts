import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../instrument.ts'
import { library } from '../library.ts'
import { RedisCommands } from './redis-commands.ts'

interface Options {
  /** One for all commands of a transaction, or of a pipeline. */
  readonly chainId?: symbol
}

/**
 * Commands of `redis` from the call to the answer: of clients, pools, clusters and sentinels. A transaction is one
 * operation. The channels that version 6 publishes on are left alone: they cost twice as much, and a pool's commands
 * would count in the request of whoever gave it its connection.
 */
export function redis(): Recorder {
  return library({
    name: 'redis',
    versions: { '@redis/client': '>=5 <6.4' },
    files: {
      '@redis/client/dist/lib/client/commands-queue.js': watchQueue,
      '@redis/client/dist/lib/client/pool.js': watchPool,
    },
  })
}

/** Every command goes through a client's queue. */
function watchQueue(
  exports: { readonly default: { readonly prototype: object } },
  instrument: Instrument,
): void {
  const commands = new RedisCommands(instrument.ledger)
  const transactions = new WeakSet<symbol>()
  instrument.replace(exports.default.prototype, 'addCommand', (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      const found = instrument.safely(() => {
        const [[name], options] = given as [readonly [unknown], Options | undefined]
        const chain = options?.chainId
        if (chain !== undefined) {
          if (name === 'MULTI') transactions.add(chain)
          else if (name !== 'EXEC' && transactions.has(chain)) return undefined
        }
        return commands.find(String(name))
      })
      const timing = found?.operation.start()
      if (timing === undefined) return original.apply(this, given)
      return instrument.run(timing, original, this, given, found!.hitOf)
    } as typeof original
  })
}

/** What waits for a connection is run by whoever gives one back. */
function watchPool(
  exports: { readonly RedisClientPool: { readonly prototype: object } },
  instrument: Instrument,
): void {
  instrument.bind(exports.RedisClientPool.prototype, 'execute')
}
