import type { CacheKind } from '../../measure/cache-layers.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { CACHE, RedisCommands } from './redis-commands.ts'
import { serverNames } from './server-names.ts'

interface Options {
  /** One for all commands of a transaction, or of a pipeline. */
  readonly chainId?: symbol
}

interface Client {
  /** The client itself, of those that are derived from it. */
  readonly _self?: Client
  readonly options?: {
    readonly socket?: { readonly host?: string; readonly port?: number; readonly path?: string }
    readonly database?: number
  }
}

/**
 * Commands of `redis` from the call to the answer: of clients, pools, clusters and sentinels. A transaction is one
 * operation. The channels that version 6 publishes on are left alone: a pool's commands would count in the request of
 * whoever gave it its connection.
 */
export function redis(): Recorder {
  const calling = new Calling()
  return library({
    name: 'redis',
    versions: { '@redis/client': '>=5 <6.4' },
    files: {
      '@redis/client/dist/lib/client/index.js': (exports, instrument) =>
        calling.watchClients(exports, instrument),
      '@redis/client/dist/lib/client/commands-queue.js': (exports, instrument) =>
        watchQueue(exports, instrument, calling),
      '@redis/client/dist/lib/client/pool.js': watchPool,
    },
  })
}

interface Exports {
  readonly default: { readonly prototype: object }
}

/** A queue does not know whose it is: that is the client that is putting a command there. */
class Calling {
  client: Client | undefined

  watchClients({ default: Client }: Exports, instrument: Instrument): void {
    for (const method of ['sendCommand', '_executePipeline', '_executeMulti']) {
      instrument.replace(Client.prototype, method, (original) => {
        const calling = this
        return function (this: Client, ...given: unknown[]): unknown {
          const outer = calling.client
          calling.client = this._self ?? this
          try {
            return original.apply(this, given)
          } finally {
            calling.client = outer
          }
        } as typeof original
      })
    }
  }
}

const REDIS: CacheKind = {
  library: 'redis',
  guess: () => CACHE,
  namesOf: ({ options: { socket, database = 0 } = {} }: Client) => serverNames({ ...socket, database }),
}

/** Every command goes through a client's queue. */
function watchQueue(exports: Exports, instrument: Instrument, calling: Calling): void {
  const { layers } = instrument.ledger
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
      if (found === undefined) return original.apply(this, given)
      const operationOf = () => {
        const { client } = calling
        const layer = client === undefined ? CACHE : layers.of(client, REDIS)
        return commands.operation(found, layer)
      }
      const timing = instrument.start(operationOf, this, given)
      if (timing === undefined) return original.apply(this, given)
      return instrument.run(timing, original, this, given, found.hitOf)
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
