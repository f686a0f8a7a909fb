import { queryNames } from '../../measure/query-names.ts'
import { OTHER } from '../../measure/series-name.ts'
import { type EndedSpan, SERVER, textOf } from './span.ts'

export interface SpanOperation {
  readonly component: string
  /** Of low cardinality: never a path, a value or a key. */
  readonly name: string
}

const CACHES = new Set(['redis', 'valkey', 'memcached'])
const queries = queryNames()

/**
 * Which operation a span stands for, by the semantic conventions of OpenTelemetry, the stable ones and those before;
 * `undefined` for one that stands for none (middlewares, internal steps) or that Node's own channels tell of: outgoing
 * HTTP.
 */
export function operationOf(span: EndedSpan): SpanOperation | undefined {
  return databaseOf(span) ?? messagingOf(span) ?? rpcOf(span) ?? httpOf(span) ?? faasOf(span)
}

function databaseOf(span: EndedSpan): SpanOperation | undefined {
  const system = systemOf(span)
  if (system === undefined) return undefined
  const verb = textOf(span, 'db.operation.name', 'db.operation')
  if (CACHES.has(system)) {
    // The whole command, with keys, is what comes after its first word.
    const command = verb ?? textOf(span, 'db.query.text', 'db.statement')?.trim().split(/\s/, 1)[0]
    return { component: 'cache_l2', name: command?.toLowerCase() ?? OTHER }
  }
  const target = textOf(span, 'db.collection.name', 'db.sql.table', 'db.mongodb.collection')
  const text = textOf(span, 'db.query.text', 'db.statement')
  const name =
    textOf(span, 'db.query.summary') ??
    (verb !== undefined && target !== undefined ? `${verb} ${target}` : undefined) ??
    (text !== undefined && /\s/.test(text) ? queries.name(text) : verb)
  return { component: 'database', name: name ?? system }
}

export function systemOf(span: EndedSpan): string | undefined {
  return textOf(span, 'db.system.name', 'db.system')
}

function messagingOf(span: EndedSpan): SpanOperation | undefined {
  if (textOf(span, 'messaging.system') === undefined) return undefined
  const verb =
    textOf(span, 'messaging.operation.name', 'messaging.operation.type', 'messaging.operation') ?? 'send'
  const temporary =
    span.attributes['messaging.destination.temporary'] === true ||
    span.attributes['messaging.destination.anonymous'] === true
  const target =
    textOf(span, 'messaging.destination.template') ??
    (temporary ? '(temporary)' : textOf(span, 'messaging.destination.name', 'messaging.destination'))
  return { component: 'messaging', name: target === undefined ? verb : `${verb} ${target}` }
}

function rpcOf(span: EndedSpan): SpanOperation | undefined {
  const system = textOf(span, 'rpc.system.name', 'rpc.system')
  if (system === undefined) return undefined
  const [service, method] = [textOf(span, 'rpc.service'), textOf(span, 'rpc.method')]
  const name = [service, method].filter((part) => part !== undefined).join('/')
  return { component: 'rpc', name: name === '' ? system : name }
}

function httpOf(span: EndedSpan): SpanOperation | undefined {
  const method = textOf(span, 'http.request.method', 'http.method')
  if (method === undefined || span.kind !== SERVER) return undefined
  return { component: 'request', name: `${method} ${textOf(span, 'http.route') ?? '(no route)'}` }
}

function faasOf(span: EndedSpan): SpanOperation | undefined {
  const trigger = textOf(span, 'faas.trigger', 'faas.invocation_id', 'faas.execution')
  const invoked = textOf(span, 'faas.invoked_name')
  if (invoked !== undefined) return { component: 'faas', name: invoked }
  return trigger !== undefined && span.kind === SERVER
    ? { component: 'faas', name: textOf(span, 'faas.name') ?? span.name }
    : undefined
}

/** As the convention of its kind has it: a server's 4xx is the client's error. */
export function httpFailed(span: EndedSpan): boolean | undefined {
  const status = span.attributes['http.response.status_code'] ?? span.attributes['http.status_code']
  return typeof status === 'number' && span.kind === SERVER ? status >= 500 : undefined
}
