import type { Server } from 'node:http'
import { rival } from '../../rival.ts'
import { hello, threeQueries } from '../handlers.ts'
import type { Middleware, Monitor } from '../monitor.ts'
import { realRequest } from '../real.ts'

interface Express {
  use(middleware: Middleware): void
  get(path: string, handler: (request: unknown, response: ExpressResponse) => unknown): void
  listen(port: number, host: string, done: () => void): Server
}

interface ExpressResponse {
  json(body: unknown): void
}

/** Express 5. */
export function app(monitor: Monitor): Promise<Server> {
  const express = rival<() => Express>('express')!()
  if (monitor.middleware !== undefined) express.use(monitor.middleware)
  express.get('/hello', (_request, response) => response.json(hello()))
  express.get('/db3', async (_request, response) => response.json(await threeQueries(monitor)))
  const real = realRequest(monitor)
  express.get('/real', async (_request, response) => response.json(await real()))
  return new Promise((resolve) => {
    const server = express.listen(0, '127.0.0.1', () => resolve(server))
  })
}
