import { queryNames } from '../../measure/query-names.ts'
import { OTHER } from '../../measure/series-name.ts'
import { CLIENT, CONSUMER, type EndedSpan, SERVER, textOf } from './span.ts'

export interface SpanOperation {
  readonly component: string
  /** Of low cardinality: never a path, a value or a key. */
  readonly name: string
}

const CACHES = new Set(['redis', 'valkey', 'memcached'])
/** Who makes destinations for a while only makes up their names. */
const PASSING = [
  'messaging.destination.temporary',
  'messaging.destination.anonymous',
  'messaging.temp_destination',
]
/** Of the instrumentation of pg; by its attributes it is as a query without a text. */
const POOL_WAIT = 'pg-pool.connect'
const queries = queryNames()

/**
 * Which operation a span stands for, by the semantic conventions of OpenTelemetry, the stable ones and those before;
 * `undefined` for one that stands for none (middlewares, internal steps) or for outgoing HTTP.
 */
export function operationOf(span: EndedSpan): SpanOperation | undefined {
  return databaseOf(span) ?? messagingOf(span) ?? rpcOf(span) ?? httpOf(span) ?? faasOf(span)
}

function databaseOf(span: EndedSpan): SpanOperation | undefined {
  const system = textOf(span, 'db.system.name', 'db.system')
  if (system === undefined) return undefined
  if (isPoolWait(span)) return { component: 'database_wait', name: 'pg' }
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

function messagingOf(span: EndedSpan): SpanOperation | undefined {
  if (textOf(span, 'messaging.system') === undefined) return undefined
  const verb =
    textOf(span, 'messaging.operation.name', 'messaging.operation.type', 'messaging.operation') ??
    (span.kind === CONSUMER ? 'process' : 'send')
  const temporary = PASSING.some((name) => span.attributes[name] === true)
  const target =
    textOf(span, 'messaging.destination.template') ??
    (temporary ? '(temporary)' : textOf(span, 'messaging.destination.name', 'messaging.destination'))
  return { component: 'messaging', name: target === undefined ? verb : `${verb} ${target}` }
}

function rpcOf(span: EndedSpan): SpanOperation | undefined {
  const system = textOf(span, 'rpc.system.name', 'rpc.system')
  if (system === undefined) return undefined
  const [service, method] = [textOf(span, 'rpc.service'), textOf(span, 'rpc.method')]
  // Since the conventions are stable, a method's name has its service's in it.
  const whole = method?.includes('/') === true ? [method.replace(/^\//, '')] : [service, method]
  const name = whole.filter((part) => part !== undefined).join('/')
  return { component: 'rpc', name: name === '' ? system : name }
}

function httpOf(span: EndedSpan): SpanOperation | undefined {
  const method = methodOf(span)
  if (method === undefined || span.kind !== SERVER) return undefined
  return { component: 'request', name: `${method} ${textOf(span, 'http.route') ?? '(no route)'}` }
}

function methodOf(span: EndedSpan): string | undefined {
  return textOf(span, 'http.request.method', 'http.method')
}

function faasOf(span: EndedSpan): SpanOperation | undefined {
  const trigger = textOf(span, 'faas.trigger', 'faas.invocation_id', 'faas.execution')
  const invoked = textOf(span, 'faas.invoked_name')
  if (invoked !== undefined) return { component: 'faas', name: invoked }
  return trigger !== undefined && span.kind === SERVER
    ? { component: 'faas', name: textOf(span, 'faas.name') ?? span.name }
    : undefined
}

/** Whether it is the wait for a connection of a pool. */
export function isPoolWait({ name }: EndedSpan): boolean {
  return name === POOL_WAIT
}

/** Node's own channels tell of those. */
export function isHttpClient(span: EndedSpan): boolean {
  return span.kind === CLIENT && methodOf(span) !== undefined
}

/** As the convention of its kind has it: a server's 4xx is the client's error. */
export function httpFailed(span: EndedSpan): boolean | undefined {
  const status = span.attributes['http.response.status_code'] ?? span.attributes['http.status_code']
  return typeof status === 'number' && span.kind === SERVER ? status >= 500 : undefined
}
