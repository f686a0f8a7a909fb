import type { WitnessedRequest } from './measured-process.ts'

export interface Call {
  /** Of the template's parameters. */
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  /** Sent as JSON; a string as it is. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** What the request has to be called when the application answers it before its route: `(no route)`. */
  readonly name?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Calls an application by the templates of its routes, so it knows what each request has to be called. */
export class Caller {
  readonly #base: string
  readonly #names = new Map<string, string>()

  constructor(base: string) {
    this.#base = base
  }

  async call(method: string, template: string, call: Call = {}): Promise<Answer> {
    const { params = {}, query, body, headers, name = template } = call
    const path = template.replace(/[:*](\w+)/g, (_, key: string) => encodeURIComponent(params[key]!))
    const url = query === undefined ? path : `${path}?${new URLSearchParams(query)}`
    const answer = await fetch(this.#base + url, {
      method,
      // On a connection of its own: one that is kept may be closed by the server just when it is used again.
      headers: { 'content-type': 'application/json', connection: 'close', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    this.#names.set(`${method} ${url} ${answer.status}`, `${method} ${name}`)
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }

  /** What a request has to be called; one that the application sent itself has no other name than this. */
  readonly nameOf = ({ method, url, status }: WitnessedRequest): string =>
    this.#names.get(`${method} ${url} ${status}`) ?? `${method} (no route)`
}
