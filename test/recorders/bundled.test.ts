import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after } from 'node:test'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { frameworkContract } from '../../contracts/recorder.ts'
import { type ExpressModule, expressApplication } from './express-application.ts'
import { noFrameworks } from './frameworks.ts'
import { type HonoModules, honoApplication } from './hono-application.ts'
import { type Koa, koaApplication, type Middleware, type RouterClass } from './koa-application.ts'

// Bundled, a framework's files have no names any more: its routes are known by what the application says itself.

const folder = mkdtempSync(join(tmpdir(), 'yardstick-bundled-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Bundles what the code exports into one file, a copy of ours with it, and loads that. */
async function bundled<T>(name: string, from: string, code: string): Promise<T> {
  // In that folder, where the framework is found, but only as far as the bundler can tell.
  const input = join(resolve(from), 'bundled-application.mjs')
  const bundle = await rolldown({
    input,
    platform: 'node',
    logLevel: 'silent',
    plugins: [
      {
        name: 'application',
        resolveId: (id) => (id === input ? id : null),
        load: (id) => (id === input ? code : null),
      },
    ],
  })
  await bundle.write({ file: join(folder, `${name}.mjs`), format: 'esm', codeSplitting: false })
  return (await import(pathToFileURL(join(folder, `${name}.mjs`)).href)) as T
}

const entry = (name: string): string => JSON.stringify(resolve(`src/${name}-entry.ts`))

for (const name of ['express', 'express4']) {
  interface Bundle {
    readonly express: ExpressModule
    readonly routes: <A>(app: A) => A
  }
  const code = `export { default as express } from '${name}'\nexport { routes } from ${entry('express')}`
  const bundle = bundled<Bundle>(name, '.', code)
  frameworkContract({
    name: `${name}, bundled`,
    hasRoutes: true,
    open: async (stage) => {
      const { express, routes } = await bundle
      const made = Object.assign(() => routes(express()), express) as ExpressModule
      return expressApplication(made, stage)
    },
  })
}

if (noFrameworks === undefined) {
  interface KoaBundle {
    readonly Koa: Koa
    readonly Router: RouterClass
    readonly routes: () => Middleware
  }
  const koa = bundled<KoaBundle>(
    'koa',
    'test/frameworks',
    `export { default as Koa } from 'koa'
     export { default as Router } from '@koa/router'
     export { routes } from ${entry('koa')}`,
  )
  frameworkContract({
    name: 'koa, bundled',
    hasRoutes: true,
    open: async (stage) => {
      const { Koa, Router, routes } = await koa
      class Telling extends Koa {
        constructor() {
          super()
          this.use(routes())
        }
      }
      return koaApplication(Telling, Router, stage)
    },
  })

  interface HonoBundle {
    readonly Hono: HonoModules['hono']['Hono']
    readonly node: HonoModules['node']
    readonly sent: HonoModules['sent']
    readonly routes: () => Middleware
  }
  const hono = bundled<HonoBundle>(
    'hono',
    'test/frameworks',
    `export { Hono } from 'hono'
     export * as node from '@hono/node-server'
     export * as sent from '@hono/node-server/utils/response'
     export { routes } from ${entry('hono')}`,
  )
  frameworkContract({
    name: 'hono, bundled',
    hasRoutes: true,
    open: async (stage) => {
      const { Hono, node, sent, routes } = await hono
      class Telling extends Hono {
        constructor() {
          super()
          this.use('*', routes() as never)
        }
      }
      return honoApplication({ hono: { Hono: Telling }, node, sent }, stage)
    },
  })
}
