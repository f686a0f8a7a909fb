import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { isRuntime } from '../../src/measure/runtime-components.ts'
import { noLibraries } from '../recorders/libraries.ts'
import { hasPostgres, postgresServer } from '../recorders/servers/postgres.ts'
import type { TestServer } from '../recorders/servers/test-server.ts'
import { application, ask, folder, metrics, portOf, REGISTER } from './application.ts'

const PACKAGES = ['express', 'pg', 'jsonwebtoken', 'lru-cache', 'bcryptjs']
const REQUESTS = 20
const TSX = resolve('test/libraries/node_modules/tsx/dist')

const COMMONJS = `
  const express = require('express'), pg = require('pg'), jwt = require('jsonwebtoken')
  const { LRUCache } = require('lru-cache'), bcrypt = require('bcryptjs')`
const MODULES = `
  import express from 'express'
  import pg from 'pg'
  import jwt from 'jsonwebtoken'
  import { LRUCache } from 'lru-cache'
  import bcrypt from 'bcryptjs'`
/** What a request does, once with each library. */
const WORK = `
  const pool = new pg.Pool({ host: '127.0.0.1', port: Number(process.env.PGTEST), user: 'postgres' })
  const cache = new LRUCache({ max: 10 })
  const token = jwt.sign({}, 'key')
  const app = express()
  app.get('/users/:id', async (request, response) => {
    await pool.query('SELECT oid FROM pg_class LIMIT 1')
    cache.get('none')
    jwt.verify(token, 'key')
    await bcrypt.hash('word', 4)
    response.end('done')
  })
  app.listen(0, '127.0.0.1', function () { console.log('up ' + this.address().port) })`
/** What Node.js cannot run by taking the types away. */
const TYPESCRIPT = 'enum Size { Small, Large }; console.log(Size.Large)'
const CLUSTER = `const cluster = require('node:cluster')
  if (cluster.isPrimary) { cluster.fork(); cluster.fork() } else`

interface Run {
  readonly preload?: readonly string[]
  /** What starts the file with the work; default: it is what is run. */
  readonly start?: (file: string) => string
  readonly typescript?: true
  readonly linked?: true
  readonly env?: Readonly<Record<string, string>>
  readonly processes?: number
}

const preload = ['--require', REGISTER]
const runs: Readonly<Record<string, Run>> = {
  'as it is': {},
  'where no ES module can be required': { preload: ['--no-experimental-require-module', ...preload] },
  'packages in the places of pnpm': { linked: true },
  'tsx as a loader': {
    typescript: true,
    preload: [...preload, '--import', String(pathToFileURL(join(TSX, 'loader.mjs')))],
  },
  'tsx as a program': {
    typescript: true,
    preload: [join(TSX, 'cli.mjs')],
    env: { NODE_OPTIONS: preload.join(' ') },
  },
  'two processes of node:cluster': { start: (file) => `${CLUSTER} ${file}`, processes: 2 },
  'a worker thread': {
    start: (file) =>
      `new (require('node:worker_threads').Worker)(${JSON.stringify(`{ ${file} }`)}, { eval: true })`,
  },
}

let server: TestServer
const none = noLibraries ?? !hasPostgres

// Most of the time each waits for a reading.
describe('however an application is run, everything is recorded and in its request', {
  skip: none,
  concurrency: 3,
}, () => {
  before(async () => {
    server = await postgresServer()
  })
  after(() => server.stop())

  for (const [kind, head, endings] of [
    ['CommonJS', COMMONJS, ['cjs', 'cts']],
    ['ES modules', MODULES, ['mjs', 'mts']],
  ] as const) {
    for (const [how, run] of Object.entries(runs)) {
      test(`${kind}, ${how}`, async (t) => {
        const directory = folder()
        for (const name of PACKAGES) {
          const from = existsSync(join('node_modules', name)) ? resolve('.') : resolve('test/libraries')
          const place = run.linked ? copied(name, from, directory) : placeOf(name, from)
          link(place, join(directory, 'node_modules', name))
        }
        const ending = endings[run.typescript ? 1 : 0]
        const work = `${head}\n${run.typescript ? TYPESCRIPT : ''}\n${WORK}`
        writeFileSync(join(directory, `work.${ending}`), work)
        const load = ending === 'cjs' ? `require('${directory}/work.cjs')` : `import('${directory}/work.mjs')`
        const app = application(run.start?.(load) ?? work, {
          directory,
          file: run.start === undefined ? `app.${ending}` : 'app.cjs',
          flags: run.preload ?? preload,
          env: { PGTEST: String(server.port), ...run.env },
        })
        t.after(async () => {
          app.child.kill('SIGTERM')
          await app.ended()
          rmSync(directory, { recursive: true })
        })
        const { processes = 1 } = run
        const [, own] = await app.printed(new RegExp(`(?:up (\\d+)[^]*){${processes}}`))
        const port = await portOf(app)
        for (let i = 0; i < REQUESTS; i++) await ask(`http://127.0.0.1:${own}/users/${i}`)
        const { metrics_by_type: found } = await metrics(port, 'request', REQUESTS)
        const filled = Object.entries(found).filter(([component]) => !isRuntime(component))
        const series = filled.flatMap(([component, all]) =>
          all.series.map(({ name, ok }) => [`${component} ${name}`, ok]),
        )
        assert.deepEqual(Object.fromEntries(series), {
          'request GET /users/:id': REQUESTS,
          'database SELECT pg_class': REQUESTS,
          'database_wait pg': REQUESTS,
          'cache_l1 get': REQUESTS,
          'authentication jsonwebtoken.sign': processes,
          'authentication jsonwebtoken.verify': REQUESTS,
          'authentication bcrypt.hash': REQUESTS,
        })
        const { components } = (found.request as unknown as Broken).breakdown
        const calls = Object.entries(components).map(([component, { calls }]) => [component, calls])
        assert.deepEqual(Object.fromEntries(calls), {
          database: REQUESTS,
          database_wait: REQUESTS,
          cache_l1: REQUESTS,
          authentication: 2 * REQUESTS,
        })
      })
    }
  }
})

interface Broken {
  readonly breakdown: { readonly components: Readonly<Record<string, { readonly calls: number }>> }
}

/** Where a package is that is asked for from a folder. */
function placeOf(name: string, from: string): string {
  const place = join(from, 'node_modules', name)
  return existsSync(place) ? place : placeOf(name, dirname(from))
}

/** A copy as pnpm has it: in a folder of its own, with links to the packages that it asks for beside it. */
function copied(name: string, from: string, directory: string): string {
  const place = placeOf(name, from)
  const { version, dependencies = {} } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as {
    readonly version: string
    readonly dependencies?: object
  }
  const beside = join(directory, 'node_modules/.pnpm', `${name.replace('/', '+')}@${version}`, 'node_modules')
  const copy = join(beside, name)
  if (existsSync(copy)) return copy
  cpSync(place, copy, {
    recursive: true,
    filter: (file) => !file.slice(place.length).includes('node_modules'),
  })
  for (const each of Object.keys(dependencies)) link(copied(each, place, directory), join(beside, each))
  return copy
}

function link(place: string, as: string): void {
  mkdirSync(dirname(as), { recursive: true })
  if (!existsSync(as)) symlinkSync(place, as)
}
