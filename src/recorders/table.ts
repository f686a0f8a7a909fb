import type { Recorder } from '../measure/recorder.ts'
import { ioredis } from './cache/ioredis.ts'
import { keyv } from './cache/keyv.ts'
import { lruCache } from './cache/lru-cache.ts'
import { memjs } from './cache/memjs.ts'
import { redis } from './cache/redis.ts'
import { unstorage } from './cache/unstorage.ts'
import { betterSqlite3 } from './database/better-sqlite3.ts'
import { mongodb } from './database/mongodb.ts'
import { mysql2 } from './database/mysql2.ts'
import { pg } from './database/pg.ts'
import { postgres } from './database/postgres.ts'
import { sqlite } from './database/sqlite.ts'
import { httpClient } from './external/http-client.ts'
import { undici } from './external/undici.ts'
import { graphql } from './graphql/graphql.ts'
import { accesscontrol } from './identity/accesscontrol.ts'
import { argon2 } from './identity/argon2.ts'
import { bcrypt } from './identity/bcrypt.ts'
import { betterAuth } from './identity/better-auth.ts'
import { casbin } from './identity/casbin.ts'
import { casl } from './identity/casl.ts'
import { expressSession } from './identity/express-session.ts'
import { jose } from './identity/jose.ts'
import { jsonwebtoken } from './identity/jsonwebtoken.ts'
import { nodeCrypto } from './identity/node-crypto.ts'
import { passport } from './identity/passport.ts'
import { amqplib } from './jobs/amqplib.ts'
import { bullmq } from './jobs/bullmq.ts'
import { kafkajs } from './jobs/kafkajs.ts'
import { http } from './requests/http.ts'
import type { HttpOptions } from './requests/http-options.ts'
import { express } from './routes/express.ts'
import { fastify } from './routes/fastify.ts'
import { h3 } from './routes/h3.ts'
import { hono } from './routes/hono.ts'
import { koa } from './routes/koa.ts'
import { next } from './routes/next.ts'
import { grpc } from './rpc/grpc.ts'

export interface RecorderOptions {
  readonly http?: HttpOptions
}

/** Every recorder there is, one line each. */
const TABLE: readonly ((options: RecorderOptions) => Recorder)[] = [
  (options) => http(options.http),
  () => express(),
  () => fastify(),
  () => h3(),
  () => hono(),
  () => koa(),
  () => next(),
  () => undici(),
  () => httpClient(),
  () => pg(),
  () => ioredis(),
  () => redis(),
  () => lruCache(),
  () => memjs(),
  () => keyv(),
  () => unstorage(),
  () => jsonwebtoken(),
  () => jose(),
  () => bcrypt(),
  () => argon2(),
  () => nodeCrypto(),
  () => expressSession(),
  () => betterAuth(),
  () => passport(),
  () => casbin(),
  () => casl(),
  () => accesscontrol(),
  () => postgres(),
  () => mysql2(),
  () => betterSqlite3(),
  () => sqlite(),
  () => mongodb(),
  () => graphql(),
  () => grpc(),
  () => bullmq(),
  () => kafkajs(),
  () => amqplib(),
]

/**
 * All recorders, to be attached in this order, once in each thread of the application, and before its modules are
 * loaded where that is possible.
 *
 * @example
 * for (const recorder of recorders()) recorder.attach(ledger)
 */
export function recorders(options: RecorderOptions = {}): readonly Recorder[] {
  return TABLE.map((make) => make(options))
}
