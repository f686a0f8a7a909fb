import type { CacheKind } from '../../measure/cache-layers.ts'
import type { Operation } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { CACHE, type RedisCommand, RedisCommands } from './redis-commands.ts'
import { serverNames } from './server-names.ts'

interface Options {
  /** One for all commands of a transaction, or of a pipeline. */
  readonly chainId?: symbol
}

interface Sent {
  readonly args: readonly unknown[]
}

interface Client {
  /** The client itself, of those that are derived from it. */
  readonly _self?: Client
  readonly isOpen?: boolean
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

/** The ways into a client's queue, and the names of the commands that each is given. */
const WAYS: Readonly<Record<string, (given: readonly unknown[]) => readonly unknown[]>> = {
  sendCommand: ([command]) => [(command as readonly unknown[])[0]],
  _executePipeline: ([commands]) => (commands as readonly Sent[]).map(({ args }) => args[0]),
  _executeMulti: () => ['EXEC'],
}

/** A queue does not know whose it is: that is the client that is putting a command there. */
class Calling {
  client: Client | undefined
  /** Whether it has put one there. */
  queued = false
  #commands: RedisCommands | undefined

  watchClients({ default: Client }: Exports, instrument: Instrument): void {
    for (const [method, namesOf] of Object.entries(WAYS)) {
      instrument.replace(Client.prototype, method, (original) => {
        const calling = this
        return function (this: Client, ...given: unknown[]): unknown {
          const { client, queued } = calling
          calling.client = this._self ?? this
          calling.queued = false
          try {
            return original.apply(this, given)
          } finally {
            if (!calling.queued) instrument.safely(() => calling.#refuse(method, namesOf(given), instrument))
            calling.client = client
            calling.queued = queued
          }
        } as typeof original
      })
    }
  }

  commands(instrument: Instrument): RedisCommands {
    this.#commands ??= new RedisCommands(instrument.ledger)
    return this.#commands
  }

  operation(found: RedisCommand, instrument: Instrument): Operation | undefined {
    const { client } = this
    const layer = client === undefined ? CACHE : instrument.ledger.layers.of(client, REDIS)
    return this.commands(instrument).operation(found, layer)
  }

  /** A client without a connection puts nothing there; a transaction is not sent either where a watched key changed. */
  #refuse(method: string, names: readonly unknown[], instrument: Instrument): void {
    if (method === '_executeMulti' && this.client?.isOpen !== false) return
    for (const name of names) {
      const found = this.commands(instrument).find(String(name))
      if (found === undefined) continue
      this.operation(found, instrument)?.record(0, true, found.hitOf === undefined ? undefined : false)
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
  const commands = calling.commands(instrument)
  const transactions = new WeakSet<symbol>()
  instrument.replace(exports.default.prototype, 'addCommand', (original) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      calling.queued = true
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
      const timing = instrument.start(() => calling.operation(found, instrument), this, given)
      if (timing === undefined) return original.apply(this, given)
      const result = instrument.pass(timing, original, this, given, found.hitOf)
      return instrument.settled(timing, result, found.hitOf, found.hasFailed)
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
