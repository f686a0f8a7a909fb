import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Stage } from '../../contracts/recorder/stage.ts'
import { frameworkContract } from '../../contracts/recorder.ts'
import { imported, noFrameworks } from './frameworks.ts'

// Nest has no recorder of its own: its routes are those of the framework below it.

type Decorator = (target: object, key?: string, descriptor?: PropertyDescriptor) => void
type ParameterDecorator = (target: object, key: string, index: number) => void
type Class = new () => object

interface Common {
  Module(options: { readonly controllers: readonly Class[] }): (target: Class) => void
  Controller(path: string): (target: Class) => void
  Get(path: string): Decorator
  Post(path: string): Decorator
  Param(name: string): ParameterDecorator
  Req(): ParameterDecorator
  Res(): ParameterDecorator
  UseGuards(guard: object): Decorator
  readonly BadRequestException: new () => Error
  readonly NotFoundException: new () => Error
  readonly UnauthorizedException: new () => Error
}
interface Application {
  init(): Promise<void>
  getHttpServer(): Server
  getHttpAdapter(): { getInstance(): Below }
}
/** The framework below; these are Fastify's. */
interface Below {
  ready?(): Promise<unknown>
  addContentTypeParser?(
    type: string,
    parse: (request: unknown, payload: unknown, done: (error: null) => void) => void,
  ): void
}
interface Core {
  readonly NestFactory: {
    create(module: Class, adapter: object, options: object): Promise<Application>
  }
}
/** Express's requests are Node's own, Fastify's hold them. */
type Message<T> = T & { readonly raw?: T; readonly hijack?: () => void }
type Handle = (request: IncomingMessage, response: ServerResponse) => unknown

const platforms = [
  ['Express', '@nestjs/platform-express', 'ExpressAdapter'],
  ['Fastify', '@nestjs/platform-fastify', 'FastifyAdapter'],
] as const

for (const [name, platform, adapter] of noFrameworks === undefined ? platforms : []) {
  frameworkContract({
    name: `NestJS 12 on ${name}`,
    hasRoutes: true,
    open: async (stage) => {
      await imported('reflect-metadata')
      const common = await imported<Common>('@nestjs/common')
      const { NestFactory } = await imported<Core>('@nestjs/core')
      const adapters = await imported<Readonly<Record<string, new () => object>>>(platform)
      class Root {}
      common.Module({ controllers: controllers(common, stage) })(Root)
      const app = await NestFactory.create(Root, new adapters[adapter]!(), {
        logger: false,
        bodyParser: false,
      })
      const below = app.getHttpAdapter().getInstance()
      below.addContentTypeParser?.('*', (_request, _payload, done) => done(null))
      await app.init()
      await below.ready?.()
      return app.getHttpServer()
    },
  })
}

/** Decorators are syntax that Node.js does not run: here they are called. */
function controllers(common: Common, stage: Stage): readonly Class[] {
  const { BadRequestException, NotFoundException, UnauthorizedException } = common
  const at = (prefix: string, routes: Readonly<Record<string, Route>>): Class => {
    class Routes {}
    const prototype = Routes.prototype as Record<string, unknown>
    for (const [path, { handle, parameters = [], decorate = [] }] of Object.entries(routes)) {
      const [method, template] = path.split(' ') as ['Get' | 'Post', string]
      prototype[path] = handle
      const descriptor = Object.getOwnPropertyDescriptor(prototype, path)!
      parameters.forEach((each, index) => {
        each(prototype, path, index)
      })
      for (const each of [common[method](template), ...decorate]) each(prototype, path, descriptor)
    }
    common.Controller(prefix)(Routes)
    return Routes
  }
  // A function each: Nest notes a route at its handler.
  const fine = (): Route => ({ handle: () => 'fine' })
  const raw = (handle: Handle): Route => ({
    parameters: [common.Req(), common.Res()],
    handle: (request: Message<IncomingMessage>, response: Message<ServerResponse>) => {
      response.hijack?.()
      const { raw = response } = response
      // Nest has put 201 there.
      raw.statusCode = 200
      // Nest does not wait for what answers by itself.
      void Promise.resolve(handle(request.raw ?? request, raw))
    },
  })
  const root = at('', {
    'Get ok': fine(),
    'Get users/:id': {
      parameters: [common.Param('id')],
      handle: (id: string) => {
        if (id === '0') throw new NotFoundException()
        return `user ${id}`
      },
    },
    'Get throws': {
      handle: () => {
        throw new Error('thrown')
      },
    },
    'Get rejects': { handle: async () => Promise.reject(new Error('rejected')) },
    'Get private': {
      ...fine(),
      decorate: [
        common.UseGuards({
          canActivate: () => {
            throw new UnauthorizedException()
          },
        }),
      ],
    },
    // Nest's own reader of bodies comes before any route, with Express.
    'Post json': {
      handle: () => {
        throw new BadRequestException()
      },
    },
    'Post echo': raw((request, response) => stage.echo(request, response)),
    'Get stream': raw((_request, response) => stage.stream(response)),
    'Get slow': raw((_request, response) => stage.slow(response)),
    'Get partial': raw((_request, response) => stage.partial(response)),
    'Get events': raw((request, response) => stage.events(request, response)),
    'Get cut': raw((request, response) => stage.cut(request, response)),
  })
  const api = at('api/:version', {
    'Get users/:uid/posts/:pid': fine(),
    'Get broken': {
      handle: () => {
        throw new Error('broken')
      },
    },
  })
  const admin = at('api/:version/admin', { 'Get audit/:day': fine() })
  const reports = at('api/:version/reports', { 'Get :id': fine() })
  return [root, api, admin, reports]
}

interface Route {
  readonly handle: (...given: never[]) => unknown
  readonly parameters?: readonly ParameterDecorator[]
  readonly decorate?: readonly Decorator[]
}
