import type { ServerResponse } from 'node:http'

type Tabled = ServerResponse & { readonly [key: symbol]: unknown }

/** Under which Node keeps its table. */
let key: symbol | undefined

/**
 * Whether these headers are Node's own table of those that were set singly. Then `getHeader` knows all of them, and to look
 * through them by name takes ten times as long.
 */
export function isTable(headers: unknown, response: ServerResponse): boolean {
  if (headers === null || typeof headers !== 'object') return false
  key ??= Object.getOwnPropertySymbols(response).find(({ description }) => description === 'kOutHeaders')
  return key !== undefined && (response as Tabled)[key] === headers
}

/**
 * The value of one of the headers that `writeHead` was given: an object of names and values, a list of them in turn, or
 * pairs; `undefined` where there is none.
 *
 * @param name in lower case
 */
export function givenHeader(headers: unknown, name: string): unknown {
  if (headers === null || typeof headers !== 'object') return undefined
  try {
    return Array.isArray(headers) ? inList(headers, name) : inObject(headers, name)
  } catch {
    // A getter or a proxy of the application's throws; Node will find out.
    return undefined
  }
}

function inObject(headers: object, name: string): unknown {
  for (const each in headers) {
    // Node sends no inherited ones.
    if (isNamed(each, name) && Object.hasOwn(headers, each)) {
      return (headers as Readonly<Record<string, unknown>>)[each]
    }
  }
  return undefined
}

function inList(headers: readonly unknown[], name: string): unknown {
  if (Array.isArray(headers[0])) {
    return (headers as [unknown, unknown][]).find(([each]) => isNamed(each, name))?.[1]
  }
  for (let i = 0; i < headers.length; i += 2) if (isNamed(headers[i], name)) return headers[i + 1]
  return undefined
}

function isNamed(each: unknown, name: string): boolean {
  return typeof each === 'string' && each.length === name.length && each.toLowerCase() === name
}
