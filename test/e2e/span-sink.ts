import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

interface SentSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly status: { readonly code?: number }
  readonly attributes: readonly unknown[]
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[]
  }[]
}

/** A collector that keeps the spans it is sent, by OTLP as JSON. */
export interface SpanSink {
  readonly url: string
  readonly traceIds: () => ReadonlySet<string>
  /** How often there was each span: its name, kind, status, number of attributes, and those around it. */
  readonly shapes: () => Readonly<Record<string, number>>
  readonly close: () => void
}

export async function spanSink(): Promise<SpanSink> {
  const spans = new Map<string, SentSpan>()
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const text of request.setEncoding('utf8')) body += text
    const { resourceSpans } = JSON.parse(body) as Sent
    for (const { scopeSpans } of resourceSpans) {
      for (const each of scopeSpans.flatMap((scope) => scope.spans)) spans.set(each.spanId, each)
    }
    response.setHeader('content-type', 'application/json')
    response.end('{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const shapeOf = ({ name, kind, status, attributes, parentSpanId }: SentSpan): string => {
    const around = spans.get(parentSpanId ?? '')
    const own = `${name} ${kind} ${status.code ?? 0} ${attributes.length}`
    return around === undefined ? own : `${shapeOf(around)} > ${own}`
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    traceIds: () => new Set([...spans.values()].map(({ traceId }) => traceId)),
    shapes: () => {
      const found: Record<string, number> = {}
      for (const span of spans.values()) found[shapeOf(span)] = (found[shapeOf(span)] ?? 0) + 1
      return found
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
