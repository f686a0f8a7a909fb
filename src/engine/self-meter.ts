import { getHeapStatistics as heap } from 'node:v8'
import type { Clock } from '../ground/clock.ts'

/** Measures the engine itself: how long cycles take and what share of a core its thread uses. */
export class SelfMeter {
  readonly #clock: Clock
  readonly #mode: 'thread' | 'inline'
  #cycles = 0
  #lastMs = 0
  #sumMs = 0
  #maxMs = 0
  #cpu: { readonly atMs: number; readonly usedMs: number }
  #cpuShare = 0

  constructor(clock: Clock, mode: 'thread' | 'inline') {
    this.#clock = clock
    this.#mode = mode
    this.#cpu = { atMs: clock.monotonicMs(), usedMs: this.#usedMs() }
  }

  begin(): number {
    return this.#clock.monotonicMs()
  }

  end(begunMs: number): void {
    const nowMs = this.#clock.monotonicMs()
    this.#cycles++
    this.#lastMs = nowMs - begunMs
    this.#sumMs += this.#lastMs
    this.#maxMs = Math.max(this.#maxMs, this.#lastMs)
    const usedMs = this.#usedMs()
    if (nowMs > this.#cpu.atMs) this.#cpuShare = (usedMs - this.#cpu.usedMs) / (nowMs - this.#cpu.atMs)
    this.#cpu = { atMs: nowMs, usedMs }
  }

  report(): {
    readonly cycleMs: { readonly last: number; readonly mean: number; readonly max: number }
    readonly cpuShare: number
    readonly heapBytes: number
  } {
    const mean = this.#cycles === 0 ? 0 : this.#sumMs / this.#cycles
    const { used_heap_size } = heap()
    return {
      cycleMs: { last: this.#lastMs, mean, max: this.#maxMs },
      cpuShare: this.#cpuShare,
      heapBytes: used_heap_size,
    }
  }

  /** CPU time of the engine's thread; before Node 23.9 its event loop's busy time, the nearest that can be had. */
  #usedMs(): number {
    if (this.#mode === 'inline') return cpuMs(process.cpuUsage())
    if (typeof process.threadCpuUsage === 'function') return cpuMs(process.threadCpuUsage())
    return performance.eventLoopUtilization().active
  }
}

function cpuMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000
}
