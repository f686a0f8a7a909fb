import type { IncomingMessage } from 'node:http'

const LOOPBACK = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/
const FORWARDED = /^(forwarded|via|x-forwarded.*|x-original-.+|x-envoy-.+|(.+-)?(client|connecting|real)-ip)$/

/** Whether a request comes straight from a client on this machine; what a proxy passed on may be anybody's. */
export function isTrusted(request: IncomingMessage): boolean {
  if (!LOOPBACK.test(request.socket.remoteAddress ?? '') || request.httpVersion === '1.0') return false
  for (const name in request.headers) if (FORWARDED.test(name)) return false
  return true
}
