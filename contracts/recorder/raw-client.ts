import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A client that says exactly what it is told, byte by byte, on one connection. */
export class RawClient {
  readonly socket: Socket
  #text = ''
  #changed: () => void = () => {}
  #ended = false

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1')
    this.socket.setEncoding('latin1')
    const change = (): void => this.#changed()
    this.socket.on('data', (chunk: string) => {
      this.#text += chunk
      change()
    })
    this.socket.on('error', change)
    this.socket.on('close', () => {
      this.#ended = true
      change()
    })
  }

  /** Everything received so far. */
  get text(): string {
    return this.#text
  }

  /** Starts to gather anew. */
  forget(): void {
    this.#text = ''
  }

  send(text: string): void {
    this.socket.write(text, 'latin1')
  }

  /** Resolves with all that was received once it matches; rejects if the server closes before. */
  async received(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#text)) {
      if (this.#ended)
        throw new Error(`closed before ${pattern} came; received: ${JSON.stringify(this.#text)}`)
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
    return this.#text
  }

  async closed(): Promise<string> {
    if (!this.#ended) await once(this.socket, 'close')
    return this.#text
  }

  /** Hangs up, as a closed browser tab does. */
  leave(): void {
    this.socket.destroy()
  }
}

export function head(method: string, path: string, ...headers: readonly string[]): string {
  return [`${method} ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n')
}
