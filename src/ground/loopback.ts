/** What a request tells of the way it came. Node's `IncomingMessage` has it in this form. */
export interface Passage {
  readonly httpVersion: string
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, unknown>>
  /** Names and values in turn, as they came; the application may have added to `headers` since, or taken from them. */
  readonly rawHeaders?: readonly string[] | null | undefined
}

// Without leading zeros: URL parsers take such parts for octal numbers, or for none.
const OCTET = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const LOOPBACK_IPV4 = `127(\\.${OCTET}){3}`
const LOOPBACK_ADDRESS = new RegExp(`^(::1|(::ffff:)?${LOOPBACK_IPV4})$`, 'i')
const LOOPBACK_NAME = new RegExp(`^(localhost|\\[::1\\]|${LOOPBACK_IPV4})$`, 'i')
const PROXY_HEADER =
  /^(forwarded|via|x-forwarded.*|x-original-.+|x-envoy-.+|(.+-)?(client|connecting|real)-ip)$/i

/** Whether a socket's address is of this machine: 127.0.0.0/8, ::1, and the former written as IPv6. */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && LOOPBACK_ADDRESS.test(address)
}

/** Whether the name in a Host header, without its port, is one of this machine's. */
export function isLoopbackName(name: string): boolean {
  return LOOPBACK_NAME.test(name)
}

/**
 * By what a request shows that a proxy passed it on, so that it may come from anywhere; `undefined` if by nothing.
 *
 * @example signOfProxy({ httpVersion: '1.1', headers: { via: '1.1 edge' } }) // 'The request has the header via'
 */
export function signOfProxy({ httpVersion, headers, rawHeaders }: Passage): string | undefined {
  // Node has made `headers` of them for purposes of its own: to ask for both costs no object.
  const name = keyOfProxy(headers) ?? (Array.isArray(rawHeaders) ? nameOfProxy(rawHeaders) : undefined)
  if (name !== undefined) return `The request has the header ${name.toLowerCase()}`
  // nginx adds no header unless told to, but until 1.29 it asked its upstream in HTTP/1.0; today's clients do not.
  return httpVersion === '1.0' ? 'The request is HTTP/1.0' : undefined
}

function keyOfProxy(headers: Passage['headers']): string | undefined {
  for (const name in headers) if (tellsOfProxy(name)) return name
  return undefined
}

function nameOfProxy(rawHeaders: readonly string[]): string | undefined {
  for (let i = 0; i < rawHeaders.length; i += 2) if (tellsOfProxy(rawHeaders[i]!)) return rawHeaders[i]
  return undefined
}

/** Most names are spared the pattern by their first letter and their last: f…, v…, x…, …p. */
function tellsOfProxy(name: string): boolean {
  const first = name.charCodeAt(0) | 32
  const last = name.charCodeAt(name.length - 1) | 32
  return (first === 120 || first === 102 || first === 118 || last === 112) && PROXY_HEADER.test(name)
}
