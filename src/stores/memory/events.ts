import type { Span, StoredEvent, WantedEvents } from '../../engine/store.ts'
import type { Claim } from '../kept.ts'

const MOST_EVENTS = 20_000
const MOST_CLAIMS = 20_000

interface MemoryEvent extends StoredEvent {
  readonly service: string
}

/** Events and claims of all services; the oldest go when there are too many. */
export class MemoryEvents {
  /** By service and id, in the order of saving. */
  readonly #events = new Map<string, MemoryEvent>()
  readonly #claims = new Map<string, Claim & { readonly service: string }>()

  add(service: string, events: readonly StoredEvent[]): void {
    for (const { id, atMs, kind, data } of events) {
      const key = keyOf(service, id)
      if (this.#events.has(key)) continue
      // Through JSON, as other stores do: what is read is never the object that was saved.
      const copy = JSON.parse(JSON.stringify(data) ?? 'null') as unknown
      this.#events.set(key, { service, id, atMs, kind, data: copy })
    }
    dropFirst(this.#events, MOST_EVENTS)
  }

  of(service: string, span: Span, { known, kinds }: WantedEvents = {}): readonly StoredEvent[] {
    return [...this.#events.values()]
      .filter((event) => event.service === service && event.atMs > span.fromMs && event.atMs <= span.toMs)
      .filter(({ id, kind }) => !known?.has(id) && (kinds?.includes(kind) ?? true))
      .sort((a, b) => a.atMs - b.atMs)
      .map(({ id, atMs, kind, data }) => ({ id, atMs, kind, data }))
  }

  /** `true` for the first who claims this. */
  claim(service: string, key: string, atMs: number): boolean {
    const claim = keyOf(service, key)
    if (this.#claims.has(claim)) return false
    this.#claims.set(claim, { service, key, atMs })
    dropFirst(this.#claims, MOST_CLAIMS)
    return true
  }

  services(): readonly string[] {
    return [...this.#events.values(), ...this.#claims.values()].map(({ service }) => service)
  }

  /** Oldest first. */
  claims(service: string): readonly Claim[] {
    return [...this.#claims.values()]
      .filter((claim) => claim.service === service)
      .sort((a, b) => a.atMs - b.atMs)
      .map(({ key, atMs }) => ({ key, atMs }))
  }

  trim(beforeMs: number): void {
    for (const [key, { atMs }] of this.#events) if (atMs < beforeMs) this.#events.delete(key)
    for (const [key, { atMs }] of this.#claims) if (atMs < beforeMs) this.#claims.delete(key)
  }
}

function keyOf(service: string, id: string): string {
  return `${service.length}:${service}${id}`
}

function dropFirst(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return
    map.delete(key)
  }
}
