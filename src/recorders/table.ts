import type { Recorder } from '../measure/recorder.ts'
import { pg } from './database/pg.ts'
import { http } from './http.ts'
import type { HttpOptions } from './http-options.ts'
import { express } from './routes/express.ts'
import { fastify } from './routes/fastify.ts'
import { h3 } from './routes/h3.ts'
import { hono } from './routes/hono.ts'
import { koa } from './routes/koa.ts'

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
  () => pg(),
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
