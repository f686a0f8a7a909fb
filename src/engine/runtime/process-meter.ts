import type { Clock } from '../../ground/clock.ts'
import type { Counts } from '../../measure/counts.ts'
import type { LoopGauges } from '../../measure/loop-gauges.ts'
import { BLOCKED, EVENT_LOOP, GC } from '../../measure/runtime-components.ts'
import type { Slice } from '../../measure/slice.ts'
import { slotAt } from '../../measure/timeline.ts'
import { Window } from '../../measure/window.ts'
import { Minute } from './minute.ts'

/** One process over its last minute. Plain numbers: they are saved, published and shown. */
export interface ProcessReading {
  /** Event loops that are measured: the main thread's and its worker threads'. */
  readonly loops: number
  /** Share (0–1) of the time in which the busiest of them had something to do. */
  readonly utilization: number
  /** How long what became ready waited for its loop. */
  readonly delayP50Ms: number
  readonly delayP99Ms: number
  readonly delayMaxMs: number
  /** How often a loop was blocked. */
  readonly blocked: number
  /** For how long, at least, the one has stood still that stands still now; 0 where none does. */
  readonly blockedNowMs: number
  readonly gcMs: number
  readonly gcMaxMs: number
  /** Of one core, over all threads of the process, Yardstick's too. */
  readonly cpuShare: number
  /** What follows is as it was last. */
  readonly rssBytes: number
  /** Of all loops together. */
  readonly heapUsedBytes: number
  readonly heapLimitBytes: number
  readonly handles: number
}

export interface MeasuredLoop {
  readonly thread: number
  readonly gauges: LoopGauges
}

/** A loop whose probe has not run for so long, though it is due every 50 ms, stands still. */
const STILL_MS = 500

/** What a process is like to run in, from what its loops say of themselves and the system says of it. */
export class ProcessMeter {
  readonly #clock: Clock
  readonly #cpu = new Minute()
  readonly #components = new Map([EVENT_LOOP, BLOCKED, GC].map((name) => [name, new Window('1min')]))
  #loops = new Map<number, { readonly busy: Minute; pulseMs: number; pulsedMs: number }>()
  #slot = 0
  #reading: ProcessReading | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** `undefined` while no loop is measured. */
  get reading(): ProcessReading | undefined {
    return this.#reading
  }

  /** To be called with every reading of the tallies. */
  read(atMs: number, slices: readonly Slice[], loops: readonly MeasuredLoop[]): void {
    this.#slot = Math.max(this.#slot, slotAt('1min', atMs))
    for (const window of this.#components.values()) window.expire(this.#slot)
    for (const { component, counts } of slices) this.#components.get(component)?.add(counts, this.#slot)
    const nowMs = this.#clock.monotonicMs()
    const { user, system } = process.cpuUsage()
    this.#cpu.note(nowMs, (user + system) / 1000, nowMs)
    const before = this.#loops
    this.#loops = new Map()
    for (const { thread, gauges } of loops) {
      const { pulseMs, activeMs, idleMs } = gauges
      const known = before.get(thread)
      const busy = known?.busy ?? new Minute()
      busy.note(nowMs, activeMs, activeMs + idleMs)
      const pulsedMs = known?.pulseMs === pulseMs ? known.pulsedMs : nowMs
      this.#loops.set(thread, { busy, pulseMs, pulsedMs })
    }
    this.#reading = loops.length === 0 ? undefined : this.#sum(loops, nowMs)
  }

  #sum(loops: readonly MeasuredLoop[], nowMs: number): ProcessReading {
    const mine = [...this.#loops.values()]
    const stillMs = Math.max(...mine.map(({ pulsedMs }) => nowMs - pulsedMs))
    const sum = (of: (gauges: LoopGauges) => number): number =>
      loops.reduce((total, { gauges }) => total + of(gauges), 0)
    const delay = this.#counts(EVENT_LOOP)
    const gc = this.#counts(GC)
    return {
      loops: loops.length,
      utilization: Math.max(...mine.map(({ busy }) => busy.share)),
      delayP50Ms: delay.percentileMs(0.5) ?? 0,
      delayP99Ms: delay.percentileMs(0.99) ?? 0,
      delayMaxMs: Math.max(0, delay.maxMs),
      blocked: this.#counts(BLOCKED).total,
      blockedNowMs: stillMs >= STILL_MS ? stillMs : 0,
      gcMs: gc.sumMs,
      gcMaxMs: Math.max(0, gc.maxMs),
      cpuShare: this.#cpu.share,
      rssBytes: process.memoryUsage.rss(),
      heapUsedBytes: sum(({ heapUsedBytes }) => heapUsedBytes),
      heapLimitBytes: sum(({ heapLimitBytes }) => heapLimitBytes),
      handles: sum(({ handles }) => handles),
    }
  }

  #counts(component: string): Counts {
    return this.#components.get(component)!.view().counts
  }
}
