import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../ground/clock.ts'
import { formatDuration } from '../ground/duration.ts'
import { YardstickError } from '../ground/errors.ts'
import { type Address, addressOf } from './address-of.ts'
import { type Ask, apiClient } from './api-client.ts'
import { wrapped } from './card/columns.ts'
import type { CardData } from './card/data.ts'
import { painted } from './card/ink.ts'
import { readCard } from './card/reader.ts'
import { renderCard } from './card.ts'
import { EXIT_CODE } from './exit-code.ts'
import { printable } from './printable.ts'
import { plainScreen, type Screen, terminalScreen } from './screen.ts'

export interface TopOptions {
  /** Default: see `addressOf`. */
  readonly url?: string
  readonly token?: string
  readonly window: string
  /** Milliseconds between two readings. */
  readonly interval: number
  readonly once?: boolean
  /** Said below the card on a terminal, a line break between its parts. */
  readonly note?: string
}

const PLAIN_WIDTH = 120
/** Under so many lines for the card, what stands below it gives way. */
const LEAST_ROOM = 8

/**
 * Shows the report card of a running service until it is told to end, or once. Gives the exit code.
 *
 * @throws YardstickError `YS_API_UNREACHABLE`, `YS_API_SEVERAL`, `YS_API_ANSWER` with `once`; without, it says so and
 * keeps trying
 */
export async function runTop(options: TopOptions): Promise<number> {
  const { url, token = process.env.YARDSTICK_TOKEN, window } = options
  const find: Find = async (before) => {
    const address = await addressOf(url, before)
    return { address, ask: apiClient(address.url, token) }
  }
  if (options.once) {
    const data = await read((await find()).ask, window)
    process.stdout.write(renderCard(data, { ...look(), height: Infinity, nowMs: data.atMs }))
    return EXIT_CODE.ok
  }
  // What is no address does not become one by trying again.
  if (url !== undefined) await find()
  return await watch(find, options)
}

/** Who is asked, and where. */
interface Service {
  readonly address: Address
  readonly ask: Ask
}

type Find = (before?: Address) => Promise<Service>

async function watch(find: Find, { window, interval, note }: TopOptions): Promise<number> {
  const out = process.stdout
  const end = new AbortController()
  const { signal } = end
  let code: number = EXIT_CODE.ok
  const ended = (name: NodeJS.Signals): void => {
    if (name !== 'SIGINT') code = 128 + constants.signals[name]
    end.abort()
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, ended)
  // Whoever reads our output has seen enough (`yardstick top | head`).
  out.once('error', () => end.abort())

  const seen = new LastSeen(find, note)
  const screen: Screen = out.isTTY ? terminalScreen(out, process.stdin, () => end.abort()) : plainScreen(out)
  const draw = (): void => screen.show(out.isTTY ? seen.screenful(interval) : seen.news(interval))
  if (out.isTTY) out.on('resize', draw)
  while (!signal.aborted) {
    await seen.look(window)
    if (signal.aborted) break
    draw()
    await sleep(interval, undefined, { signal }).catch(() => {})
  }
  screen.close()
  return code
}

/** The last card, and what went wrong since. */
class LastSeen {
  readonly #find: Find
  readonly #note: string
  /** Looked for anew while it does not answer: started again it may have another port. */
  #service: Service | undefined
  #card: { readonly data: CardData; readonly sinceMs: number } | undefined
  #problem: { readonly message: string; readonly sinceMs: number; readonly told: boolean } | undefined

  /** @param note stands at the foot of a screen that has room for it, above the address */
  constructor(find: Find, note: string | undefined) {
    this.#find = find
    this.#note = note === undefined ? '' : `${printableLines(note)}\n`
  }

  async look(window: string): Promise<void> {
    const nowMs = systemClock.monotonicMs()
    try {
      if (this.#service === undefined || this.#problem !== undefined) {
        this.#service = await this.#find(this.#service?.address)
      }
      const data = await read(this.#service.ask, window)
      this.#problem = undefined
      // By our own clock, for that of the service may differ.
      const same = data.atMs === this.#card?.data.atMs
      this.#card = { data, sinceMs: same ? this.#card!.sinceMs : nowMs }
    } catch (error) {
      if (!(error instanceof YardstickError)) throw error
      const { message } = error
      const before = this.#problem
      this.#problem = { message, sinceMs: before?.sinceMs ?? nowMs, told: before?.message === message }
    }
  }

  /** All there is to see, for a screen that is written anew each time. */
  screenful(intervalMs: number): string {
    const { width, color, height } = look()
    const nowMs = systemClock.monotonicMs()
    const trouble = this.#trouble(intervalMs, width, nowMs)
    if (this.#card === undefined) return trouble.join('')
    const { data, sinceMs } = this.#card
    const { url } = this.#service!.address
    const above = trouble.length === 0 ? [] : [...trouble, '\n']
    const foot = `${this.#note}${printable(url)} · q ends this`
    const below = wrapped(foot, width).map((line) => `${painted(line, 'faint', color)}\n`)
    const room = height - above.length - below.length
    const nowOfService = data.atMs + nowMs - sinceMs
    return [
      ...above,
      renderCard(data, {
        width,
        color,
        height: room < LEAST_ROOM ? height - above.length : room,
        nowMs: nowOfService,
      }),
      ...(room < LEAST_ROOM ? [] : below),
    ].join('')
  }

  /** What is new since the last time: in a log the same figures again would look like new ones. */
  news(intervalMs: number): string {
    const { width, color } = look()
    const nowMs = systemClock.monotonicMs()
    if (this.#problem?.told) return ''
    if (this.#problem !== undefined) return this.#trouble(intervalMs, width, nowMs).join('')
    const { data, sinceMs } = this.#card!
    return renderCard(data, { width, color, nowMs: data.atMs + nowMs - sinceMs })
  }

  #trouble(intervalMs: number, width: number, nowMs: number): string[] {
    if (this.#problem === undefined) return []
    const { message, sinceMs } = this.#problem
    const seconds = Math.round((nowMs - sinceMs) / 1000)
    const since = seconds === 0 ? '' : `, for ${formatDuration(seconds * 1000)} now`
    const text = `${message} Trying again every ${formatDuration(intervalMs)}${since}.`
    return wrapped(text, width).map((line) => `${line}\n`)
  }
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

function look(): { readonly width: number; readonly color: boolean; readonly height: number } {
  const { isTTY, columns, rows } = process.stdout
  if (!isTTY) return { width: PLAIN_WIDTH, color: false, height: Infinity }
  return { width: columns || 80, height: rows || 24, color: !process.env.NO_COLOR }
}

/** Both answers of the same cycle, so that no line of the card contradicts another. */
async function read(ask: Ask, window: string): Promise<CardData> {
  const [metrics, first, self, health] = await Promise.all([
    ask('metrics', { window }),
    ask('prd-compliance', { window }),
    ask('self').catch(() => undefined),
    ask('health', { window }).catch(() => undefined),
  ])
  const compliance = sameCycle(metrics, first) ? first : undefined
  if (compliance !== undefined) return readCard({ metrics, compliance, self, health })
  const [again, other] = await Promise.all([ask('metrics', { window }), ask('prd-compliance', { window })])
  return readCard({ metrics: again, compliance: other, self, health })
}

function sameCycle(one: unknown, other: unknown): boolean {
  return (one as { readonly cycle?: unknown }).cycle === (other as { readonly cycle?: unknown }).cycle
}
