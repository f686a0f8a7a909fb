import { SafeMap } from '../../ground/safe-map.ts'
import type { Ledger } from '../../measure/ledger.ts'
import { isPoolWait } from './operation-of.ts'
import { type EndedSpan, PRODUCER, scopeOf, textOf } from './span.ts'

const PREFIX = '@opentelemetry/instrumentation-'
/** Their spans are of Node's own servers and clients, whose channels are listened to. */
const OF_NODE: readonly string[] = [`${PREFIX}http`, `${PREFIX}undici`]

/** Which libraries are instrumented: a system has several, and not each of them is recorded. */
const BY_SCOPE = new SafeMap<string, readonly string[]>([
  [`${PREFIX}pg`, ['pg']],
  [`${PREFIX}mysql`, ['mysql']],
  [`${PREFIX}mysql2`, ['mysql2']],
  [`${PREFIX}mongodb`, ['mongodb']],
  [`${PREFIX}ioredis`, ['ioredis']],
  [`${PREFIX}redis`, ['@redis/client']],
  [`${PREFIX}redis-4`, ['@redis/client']],
  [`${PREFIX}memcached`, ['memcached']],
])

/** What a span is about. */
const SYSTEM = ['db.system.name', 'db.system', 'messaging.system', 'rpc.system.name', 'rpc.system'] as const

/** What may be below a span of a mapper, a query builder or the application's own, and is recorded. */
const BY_SYSTEM = new SafeMap<string, readonly string[]>([
  ['postgresql', ['pg', 'postgres']],
  ['mysql', ['mysql2']],
  ['mariadb', ['mysql2']],
  ['mongodb', ['mongodb']],
  ['redis', ['ioredis', '@redis/client']],
  ['memcached', ['memjs']],
  ['sqlite', ['better-sqlite3', 'node:sqlite']],
  ['kafka', ['kafkajs']],
  ['rabbitmq', ['amqplib']],
  ['bullmq', ['bullmq']],
  ['grpc', ['@grpc/grpc-js']],
])

/** The same for what is sent: a recorder of a library's consumers need not see its producers. */
const SENDING = new SafeMap<string, readonly string[]>([
  ['kafka', ['kafkajs send']],
  ['rabbitmq', ['amqplib publish']],
  ['bullmq', []],
])

/**
 * Whether a recorder of ours measures in this thread what the span stands for: then it would count twice. Decided by who
 * made the span where that is an instrumentation of one library, else by the system that it is about: above a driver that
 * is recorded, any span is one too many.
 */
export function recordedHere(ledger: Ledger, span: EndedSpan): boolean {
  const scope = scopeOf(span)
  if (OF_NODE.includes(scope)) return true
  if (isPoolWait(span)) return ledger.records('pg-pool')
  const system = textOf(span, ...SYSTEM) ?? ''
  const sending = span.kind === PRODUCER ? SENDING.get(system) : undefined
  const recorded = sending ?? BY_SCOPE.get(scope) ?? BY_SYSTEM.get(system)
  return recorded?.some((what) => ledger.records(what)) === true
}
