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
 * singly (Fastify and Hono give them all at once; it costs them 2 µs a response), merge those of one name, and misread
 * pairs.
 *
 * @param given what `writeHead` is given: an object of names and values, a list of them, pairs, or nothing
 * @returns `undefined` where Node cannot send what is given: the error is to be the one that it is without us
 */
export function outgoing(response: ServerResponse, given: unknown): OutgoingHeaders | undefined {
  // Whether any were set before makes no difference to Node here, and asking it makes a list of them.
  if (given === undefined || given === null) return new OneByOne(response, given)
  const isPairs = Array.isArray(given) && Array.isArray(given[0])
  if (response.getHeaderNames().length > 0) return isPairs ? undefined : new OneByOne(response, given)
  try {
    if (isPairs) return new Pairs(given)
    if (Array.isArray(given)) return given.length % 2 === 0 ? new InTurn(given) : undefined
    return typeof given === 'object' ? new Given(given) : new OneByOne(response, given)
  } catch {
    // A getter or a proxy of the application's throws.
    return undefined
  }
}

class Given implements OutgoingHeaders {
  readonly given: Record<string, unknown>

  constructor(given: object) {
    this.given = { ...given }
  }

  has(name: string): boolean {
    for (const each in this.given) if (isNamed(each, name)) return true
    return false
  }

  set(name: string, value: string): void {
    this.given[name] = value
  }
}

class InTurn implements OutgoingHeaders {
  readonly given: unknown[]

  constructor(given: readonly unknown[]) {
    this.given = [...given]
  }

  has(name: string): boolean {
    return this.given.some((each, i) => i % 2 === 0 && isNamed(each, name))
  }

  set(name: string, value: string): void {
    this.given.push(name, value)
  }
}

class Pairs implements OutgoingHeaders {
  readonly given: unknown[]

  constructor(given: readonly unknown[]) {
    this.given = [...given]
  }

  has(name: string): boolean {
    return this.given.some((each) => Array.isArray(each) && isNamed(each[0], name))
  }

  set(name: string, value: string): void {
    this.given.push([name, value])
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

function isNamed(each: unknown, name: string): boolean {
  return typeof each === 'string' && each.length === name.length && each.toLowerCase() === name
}
