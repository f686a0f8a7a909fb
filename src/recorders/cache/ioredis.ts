import type { CacheKind } from '../../measure/cache-layers.ts'
import type { Timing } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { Scope } from '../../measure/scope.ts'
import type { Instrument } from '../libraries/instrument.ts'
import { library } from '../libraries/library.ts'
import { CACHE, type RedisCommand, RedisCommands } from './redis-commands.ts'
import { serverNames } from './server-names.ts'

type Settle = (this: unknown, value: unknown) => void

// On the commands themselves, which live briefly: a weak map would grow and shrink with each.
const CALLER: unique symbol = Symbol('yardstick.caller')
/** Timed already: a cluster hands a command on to its nodes, a client keeps it until it is ready. */
const TIMED = Symbol('yardstick.timed')
const NO_REQUEST = Symbol('yardstick.no request')

/** A command on its way; it is told its answer by these two. */
interface Command {
  /** Whose it is, while it waits in a pipeline that is sent later. */
  [CALLER]?: Scope | typeof NO_REQUEST | typeof TIMED
  readonly name: string
  readonly inTransaction?: boolean
  resolve: Settle
  reject: Settle
}

/** A client; of a cluster, options say nothing of its servers. */
interface Client {
  readonly options?: {
    readonly host?: string
    readonly port?: number
    readonly path?: string
    readonly db?: number
  }
}

interface Prototype {
  readonly default: { readonly prototype: object }
}

/**
 * Commands of `ioredis` from the call to the answer: single ones, pipelines, scripts, a cluster's. A transaction is one
 * operation. The channels that version 6 publishes on are left alone: they tell auto-pipelined commands in the request of
 * whoever opened the pipeline, and with a subscriber rejections that nobody handles go unheard.
 */
export function ioredis(): Recorder {
  const calls = new Calls()
  return library({
    name: 'ioredis',
    versions: { ioredis: '>=5 <6.1' },
    files: {
      'ioredis/built/Redis.js': (exports, instrument) => calls.watchClient(exports, instrument),
      'ioredis/built/cluster/index.js': (exports, instrument) => calls.watchClient(exports, instrument),
      'ioredis/built/Pipeline.js': (exports, instrument) => calls.watchPipeline(exports, instrument),
      'ioredis/built/autoPipelining.js': (exports, instrument) =>
        calls.watchAutoPipelining(exports, instrument),
    },
  })
}

class Calls {
  #commands: RedisCommands | undefined
  #auto = false

  watchClient(exports: Prototype, instrument: Instrument): void {
    this.#commands ??= new RedisCommands(instrument.ledger)
    instrument.replace(exports.default.prototype, 'sendCommand', (original) => {
      const calls = this
      return function (this: unknown, ...given: unknown[]): unknown {
        const command = given[0] as Command
        instrument.safely(() => calls.#sent(command, this as object, instrument))
        return original.apply(this, given)
      } as typeof original
    })
  }

  /** Commands in a pipeline count from when it is sent; auto-pipelined ones, whose callers wait already, from now. */
  watchPipeline(exports: Prototype, instrument: Instrument): void {
    const { scopes } = instrument.ledger
    instrument.replace(exports.default.prototype, 'sendCommand', (original) => {
      const calls = this
      return function (this: unknown, ...given: unknown[]): unknown {
        const command = given[0] as Command
        // Marks it as a part of a transaction, too.
        const result = original.apply(this, given)
        instrument.safely(() => {
          // Anew, too: a cluster that sends a pipeline again has given its commands new promises.
          const caller = scopes.getStore()
          if (calls.#auto)
            calls.#begin(command, (this as { readonly redis: object }).redis, instrument, caller)
          else command[CALLER] = caller ?? NO_REQUEST
        })
        return result
      } as typeof original
    })
  }

  watchAutoPipelining(exports: object, instrument: Instrument): void {
    instrument.replace(exports, 'executeWithAutoPipelining', (original) => {
      const calls = this
      return function (this: unknown, ...given: unknown[]): unknown {
        calls.#auto = true
        try {
          return original.apply(this, given)
        } finally {
          calls.#auto = false
        }
      } as typeof original
    })
  }

  #sent(command: Command, client: object, instrument: Instrument): void {
    const { scopes } = instrument.ledger
    const caller = command[CALLER]
    if (caller === TIMED) return
    if (caller === undefined) {
      this.#begin(command, client, instrument, scopes.getStore())
      return
    }
    const scope = caller === NO_REQUEST ? undefined : caller
    scopes.run(scope, () => this.#begin(command, client, instrument, scope))
  }

  #begin(command: Command, client: object, instrument: Instrument, scope: Scope | undefined): void {
    command[CALLER] = TIMED
    if (command.inTransaction === true && command.name !== 'exec') return
    const found = this.#commands?.find(command.name)
    if (found === undefined) return
    const layer = instrument.ledger.layers.of(client, IOREDIS)
    const timing = this.#commands?.operation(found, layer, scope)?.startFor(scope)
    if (timing !== undefined) endWith(command, timing, instrument, found)
  }
}

const IOREDIS: CacheKind = {
  library: 'ioredis',
  guess: () => CACHE,
  namesOf: ({ options: { db = 0, ...server } = {} }: Client) => serverNames({ ...server, database: db }),
}

/** Its two ends, not its promise: to follow that one aside would hide that nobody handles its rejection. */
function endWith(
  command: Command,
  timing: Timing,
  instrument: Instrument,
  { hitOf, hasFailed }: RedisCommand,
): void {
  const { resolve, reject } = command
  command.resolve = function (value) {
    instrument.safely(() => {
      const hit = hitOf?.(value)
      if (hit !== undefined) timing.setHit(hit)
      if (hasFailed?.(value) === true) timing.fail()
    })
    timing.end()
    return resolve.call(this, value)
  }
  command.reject = function (error) {
    timing.failed(hitOf !== undefined)
    timing.end()
    return reject.call(this, error)
  }
}
