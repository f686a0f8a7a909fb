import type { IncomingMessage, ServerResponse } from 'node:http'

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * Handlers that every application on trial has in common, in terms of Node's own request and response, and the
 * signals between them and the test.
 */
export class Stage {
  /** How many handlers have begun that wait for the test. */
  entered = 0
  /** Where each of the handlers is to be found. */
  readonly routes: readonly (readonly [method: 'get' | 'post', path: string, handle: Handle])[] = [
    ['post', '/echo', (request, response) => this.echo(request, response)],
    ['get', '/stream', (_request, response) => this.stream(response)],
    ['get', '/slow', (_request, response) => this.slow(response)],
    ['get', '/partial', (_request, response) => this.partial(response)],
    ['get', '/events', (request, response) => this.events(request, response)],
    ['get', '/cut', (request, response) => this.cut(request, response)],
  ]
  #release: (() => void)[] = []

  /** Lets every handler go on that waits. */
  release(): void {
    for (const each of this.#release.splice(0)) each()
  }

  /** Answers only when released. */
  async slow(response: ServerResponse): Promise<void> {
    await this.#wait()
    response.end('slow')
  }

  /** Sends a part, and the rest when released. */
  async partial(response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'Content-Length': '8' })
    response.write('part')
    await this.#wait()
    response.end('rest')
  }

  /** Server-sent events that go on until the client leaves; `?ends` sends one and ends. */
  async events(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.writeHead(200, 'OK', { 'Cache-Control': 'no-store', 'Content-Type': 'text/event-stream' })
    response.write('data: first\n\n')
    if (request.url?.endsWith('?ends') === true) response.end()
  }

  /** Answers in three pieces. */
  async stream(response: ServerResponse): Promise<void> {
    response.setHeader('Content-Type', 'text/plain')
    for (const piece of ['one ', 'two ', 'three']) {
      response.write(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    response.end()
  }

  /** Gives up in the middle of its answer, or before it (`?early`). */
  async cut(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.endsWith('?early') === true) {
      response.statusCode = 200
      response.destroy()
      return
    }
    response.writeHead(200, { 'Content-Length': '8' })
    response.write('part', () => response.destroy())
  }

  /** Reads the body and answers with its length. */
  async echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let size = 0
    for await (const chunk of request) size += (chunk as Buffer).length
    response.end(`${size} bytes`)
  }

  #wait(): Promise<void> {
    this.entered++
    return new Promise((resolve) => {
      this.#release.push(resolve)
    })
  }
}
