import { SafeMap, SafeSet } from '../../ground/safe-map.ts'
import type { CacheComponent } from '../../measure/cache-layers.ts'
import type { Ledger } from '../../measure/ledger.ts'
import type { Operation } from '../../measure/operation.ts'
import type { Scope } from '../../measure/scope.ts'
import { WAIT } from '../../measure/wait.ts'
import type { HasFailed, HitOf } from '../libraries/instrument.ts'
import { cacheOperation, type OperationByLayer } from './layers.ts'

/** Where commands to Redis and memcached are recorded, unless the configuration says otherwise. */
export const CACHE: CacheComponent = 'cache_l2'
/** A transaction is one operation: the commands in it are answered `QUEUED`. */
const TRANSACTION = 'multi'
/** What else would be remembered for ever of a client that sends names it has made up. */
const REMEMBERED = 300

/** About the connection, not the cache; clients send most of these on their own. */
const OF_CONNECTION: ReadonlySet<string> = new SafeSet(
  'asking auth client cluster command discard hello info monitor multi ping quit readonly readwrite reset select unwatch watch'
    .concat(' psubscribe punsubscribe ssubscribe subscribe sunsubscribe unsubscribe')
    .split(' '),
)
/** They wait for somebody else to write: an intention, not a slow cache. */
const WAITS: ReadonlySet<string> = new SafeSet(
  'blmove blmpop blpop brpop brpoplpush bzmpop bzpopmax bzpopmin wait waitaof'.split(' '),
)
const LOOKUPS: ReadonlySet<string> = new SafeSet(
  'get getdel getex hget hgetall hmget mget json.get'.split(' '),
)

/** What a command is recorded as. */
export interface RedisCommand {
  readonly name: string
  readonly waits: boolean
  readonly hitOf: HitOf | undefined
  readonly hasFailed: HasFailed | undefined
  readonly own: OperationByLayer
}

/**
 * What the commands of a client are recorded as: by their names, never their keys. Reads of a key are lookups; one of
 * several keys hits when all of them are there.
 */
export class RedisCommands {
  readonly #ledger: Ledger
  readonly #known = new SafeMap<string, RedisCommand | undefined>()

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** `undefined` for a command that says nothing about the cache. */
  find(name: string): RedisCommand | undefined {
    const known = this.#known.get(name)
    if (known !== undefined || this.#known.has(name)) return known
    const found = describe(name.toLowerCase())
    if (this.#known.size < REMEMBERED) this.#known.set(name, found)
    return found
  }

  /** @param scope the caller's request. Default: looked up */
  operation(command: RedisCommand, layer: CacheComponent, scope?: Scope): Operation | undefined {
    const { name, waits, own } = command
    return waits ? this.#ledger.primitive(WAIT, name) : cacheOperation(this.#ledger, layer, name, scope, own)
  }
}

function describe(name: string): RedisCommand | undefined {
  if (OF_CONNECTION.has(name)) return undefined
  const waits = WAITS.has(name)
  if (name === 'exec') return { name: TRANSACTION, waits, hitOf: undefined, hasFailed: holdsError, own: {} }
  return { name, waits, hitOf: LOOKUPS.has(name) ? isHit : undefined, hasFailed: undefined, own: {} }
}

/** A transaction is answered all the same when one of its commands was refused. */
function holdsError(replies: unknown): boolean {
  return Array.isArray(replies) && replies.some((reply) => reply instanceof Error)
}

/** The reply as the server gave it. */
function isHit(reply: unknown): boolean | undefined {
  if (reply === null || reply === undefined) return false
  if (Array.isArray(reply)) return reply.length > 0 && !reply.includes(null) && !reply.includes(undefined)
  if (typeof reply === 'string') return reply === 'QUEUED' ? undefined : true
  if (Buffer.isBuffer(reply)) return reply.length === 6 && reply.equals(QUEUED) ? undefined : true
  if (reply instanceof Map) return reply.size > 0
  return typeof reply === 'object' ? Object.keys(reply).length > 0 : true
}

const QUEUED = Buffer.from('QUEUED')
