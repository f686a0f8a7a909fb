import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TestServer } from './test-server.ts'

/**
 * What becomes of a connection: it is closed; it is reset; it is closed in the middle of the answer; or nothing comes
 * through any more.
 */
export type Break = 'closed' | 'reset' | 'torn' | 'silent'

/** A line to a server, to be cut when a client says a certain thing: the server is then gone in the middle of it. */
export class Line implements TestServer {
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((client) => this.#join(client))
  readonly #to: number
  #next: { readonly at: string; readonly how: Break } | undefined

  constructor(to: number) {
    this.#to = to
  }

  async open(): Promise<this> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    return this
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Once, the next time that a client says `at`. */
  breakAt(at: string, how: Break): void {
    this.#next = { at, how }
  }

  readonly stop = async (): Promise<void> => {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket): void {
    const server = connect(this.#to, '127.0.0.1')
    let broken: Break | undefined
    for (const [mine, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(mine)
      mine.on('error', () => {})
      mine.on('close', () => other.destroy())
    }
    client.on('data', (said: Buffer) => {
      if (this.#next !== undefined && said.includes(this.#next.at)) {
        broken = this.#next.how
        this.#next = undefined
      }
      if (broken === 'closed') client.destroy()
      else if (broken === 'reset') client.resetAndDestroy()
      else if (broken !== 'silent') server.write(said)
    })
    server.on('data', (said: Buffer) => {
      if (broken === 'torn') client.end(said.subarray(0, said.length / 2))
      else client.write(said)
    })
  }
}
