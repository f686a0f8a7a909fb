import type { Ledger } from '../../measure/ledger.ts'
import { systemOf } from './operation-of.ts'
import type { EndedSpan } from './span.ts'

/** The libraries whose spans an instrumentation makes, by the name of its scope without the prefix. */
const BY_SCOPE: Readonly<Record<string, readonly string[]>> = {
  pg: ['pg', 'pg-pool'],
  mysql: ['mysql'],
  mysql2: ['mysql2'],
  mongodb: ['mongodb'],
  ioredis: ['ioredis'],
  redis: ['@redis/client'],
  'redis-4': ['@redis/client'],
  memcached: ['memcached'],
  grpc: ['@grpc/grpc-js'],
  graphql: ['graphql'],
  kafkajs: ['kafkajs'],
  amqplib: ['amqplib'],
  'cassandra-driver': ['cassandra-driver'],
  tedious: ['tedious'],
}
const PREFIX = '@opentelemetry/instrumentation-'

/** The drivers that may be below a span of a mapper, a query builder or the application's own. */
const BY_SYSTEM: Readonly<Record<string, readonly string[]>> = {
  postgresql: ['pg', 'postgres'],
  mysql: ['mysql2'],
  mariadb: ['mysql2'],
  mongodb: ['mongodb'],
  redis: ['ioredis', '@redis/client'],
  memcached: ['memjs'],
  sqlite: ['better-sqlite3', 'node'],
}

/**
 * Whether a recorder of ours measures in this thread what the span stands for: then it would count twice. Decided by who
 * made the span where that is an instrumentation of one library, else by the system that it is about: above a driver that
 * is recorded, any span is one too many.
 */
export function recordedHere(ledger: Ledger, span: EndedSpan): boolean {
  const scope = (span.instrumentationScope ?? span.instrumentationLibrary)?.name ?? ''
  // Its spans are of Node's own servers and clients, whose channels are listened to.
  if (scope === `${PREFIX}http` || scope === `${PREFIX}undici`) return true
  const library = scope.startsWith(PREFIX) ? BY_SCOPE[scope.slice(PREFIX.length)] : undefined
  const libraries = library ?? BY_SYSTEM[systemOf(span) ?? ''] ?? []
  return libraries.some((name) => ledger.records(name))
}
