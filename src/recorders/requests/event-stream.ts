import type { OutgoingMessage } from 'node:http'

const NAME = 'content-type'
const TYPE = 'text/event-stream'

/** Whether a response about to be sent is one of server-sent events, by what was set and what `writeHead` is given. */
export function isEventStream(response: OutgoingMessage, headers: unknown): boolean {
  const type = typeGiven(headers) ?? response.getHeader(NAME)
  // The first letter spares nearly all others the copy in lower case; it is t or T.
  return typeof type === 'string' && (type.charCodeAt(0) | 32) === 116 && type.toLowerCase().startsWith(TYPE)
}

function typeGiven(headers: unknown): unknown {
  try {
    return given(headers)
  } catch {
    // A getter or a proxy of the application's throws; Node will find out.
    return undefined
  }
}

function given(headers: unknown): unknown {
  if (headers === null || typeof headers !== 'object') return undefined
  if (Array.isArray(headers)) return givenInList(headers)
  for (const name in headers) {
    if (isName(name)) return (headers as Readonly<Record<string, unknown>>)[name]
  }
  return undefined
}

/** Node takes names and values in turn, and pairs. */
function givenInList(headers: readonly unknown[]): unknown {
  if (Array.isArray(headers[0])) return (headers as [unknown, unknown][]).find(([name]) => isName(name))?.[1]
  for (let i = 0; i < headers.length; i += 2) if (isName(headers[i])) return headers[i + 1]
  return undefined
}

function isName(text: unknown): boolean {
  return typeof text === 'string' && text.length === NAME.length && text.toLowerCase() === NAME
}
