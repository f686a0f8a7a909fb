import type { PublishedSnapshot } from '../../engine/store.ts'

/** What is published and asked for, by service, and the fence before it. */
export class Board {
  readonly #fences = new Map<string, bigint>()
  readonly #published = new Map<string, PublishedSnapshot>()
  readonly #asked = new Map<string, number>()

  /** Whether the token is not behind the service's fence, which it moves on. */
  passes(service: string, token: bigint): boolean {
    if (token < (this.#fences.get(service) ?? token)) return false
    this.#fences.set(service, token)
    return true
  }

  publish(service: string, { atMs, token, bytes }: PublishedSnapshot): boolean {
    if (!this.passes(service, token)) return false
    this.#published.set(service, { atMs, token, bytes: bytes.slice() })
    return true
  }

  published(service: string): PublishedSnapshot | undefined {
    return this.#published.get(service)
  }

  ask(service: string, untilMs: number): void {
    this.#asked.set(service, Math.max(untilMs, this.asked(service)))
  }

  asked(service: string): number {
    return this.#asked.get(service) ?? 0
  }
}
