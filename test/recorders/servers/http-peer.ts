import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestServer } from './test-server.ts'

type Answer = (response: ServerResponse, request: IncomingMessage) => void

/** What is answered to a path, and what goes wrong with it. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  '/fine': (response) => response.end('fine'),
  '/failing': (response) => response.writeHead(503).end('failing'),
  '/hang': () => {},
  '/endless': (response) => response.write('some'),
  // Less than was announced.
  '/cut': (response) => {
    response
      .writeHead(200, { 'content-length': 10 })
      .write('half', () => setImmediate(() => response.destroy()))
  },
  '/cut-chunks': (response) => response.write('half', () => setImmediate(() => response.destroy())),
  '/not-http': (response) => response.socket?.end('this is not HTTP\r\n\r\n'),
  // Not what it says it is.
  '/not-gzip': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('this is not gzip'),
  '/there': (response) => response.writeHead(302, { location: '/fine' }).end(),
  '/round': (response) => response.writeHead(302, { location: '/round' }).end(),
  '/nowhere': (response) => response.writeHead(302, { location: 'http://' }).end(),
  '/hints': (response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' })
    response.end('fine')
  },
  '/trailers': (response) => {
    response.writeHead(200, { trailer: 'sum' })
    response.addTrailers({ sum: '42' })
    response.end('fine')
  },
  // The answer comes before the whole of the question has.
  '/too-early': (response) => response.writeHead(413, { connection: 'close' }).end('too large'),
  '/leaving': (response) => response.writeHead(200, { connection: 'close' }).end('fine'),
}

/** A server to be asked over HTTP by a test's client. Upgrades are agreed to, and what is then said is said back. */
export async function httpPeer(): Promise<TestServer> {
  const server = createServer((request, response) => {
    if (request.url !== '/too-early') request.resume()
    const answer = ANSWERS[request.url ?? '']
    if (answer === undefined) response.writeHead(404).end()
    else answer(response, request)
  })
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n')
    socket.on('error', () => {}).pipe(socket)
  })
  server.on('connect', (_request, socket) => {
    socket.on('error', () => {}).end('HTTP/1.1 200 Connected\r\n\r\n')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
