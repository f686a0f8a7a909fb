import type { ServerResponse } from 'node:http'

/** The headers of a response about to be sent. */
export interface OutgoingHeaders {
  /** What `writeHead` is to be given. */
  readonly given: unknown
  /** @param name in lower case */
  readonly has: (name: string) => boolean
  readonly set: (name: string, value: string) => void
}

/**
 * Where all headers come with `writeHead`, ours come with them: one header set before makes Node set each of the others
 * singly (Fastify and Hono give them all at once; it costs them 2 µs a response).
 *
 * @param given what `writeHead` is given: an object of names and values, a list of them, or nothing
 */
export function outgoing(response: ServerResponse, given: unknown): OutgoingHeaders {
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given)
  return isObject && response.getHeaderNames().length === 0 ? new Given(given) : new OneByOne(response, given)
}

class Given implements OutgoingHeaders {
  readonly given: Record<string, unknown>

  constructor(given: object) {
    this.given = { ...given }
  }

  has(name: string): boolean {
    for (const each in this.given) {
      if (each.length === name.length && each.toLowerCase() === name) return true
    }
    return false
  }

  set(name: string, value: string): void {
    this.given[name] = value
  }
}

class OneByOne implements OutgoingHeaders {
  readonly given: unknown
  readonly #response: ServerResponse

  constructor(response: ServerResponse, given: unknown) {
    this.#response = response
    this.given = given
  }

  has(name: string): boolean {
    return this.#response.hasHeader(name)
  }

  set(name: string, value: string): void {
    this.#response.setHeader(name, value)
  }
}
