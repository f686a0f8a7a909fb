import type { RecorderReport } from '../measure/recorder-report.ts'

/** Versions of libraries that are told apart; a process that loads more shows the first ones. */
const MOST = 200

/** What the recorders of all threads have told of themselves, in the order of their table; then what is in none. */
export class RecorderStates {
  #attached: readonly RecorderReport[] = []
  #table: ReadonlySet<string> = new Set()
  readonly #told = new Map<string, RecorderReport>()

  /** What was attached at the start; what a thread tells later goes over it. */
  are(recorders: readonly RecorderReport[]): void {
    this.#attached = recorders
    this.#table = new Set(recorders.map(({ name }) => name))
  }

  /** May be told the same again: a thread repeats everything for an engine that has just started. */
  heard(report: RecorderReport): void {
    const key = JSON.stringify([report.name, report.library, report.version])
    // Where one thread records less than another, that is what has to be known.
    if (this.#told.get(key)?.state === 'degraded' && report.state !== 'degraded') return
    if (this.#told.has(key) || this.#told.size < MOST) this.#told.set(key, report)
  }

  get all(): readonly RecorderReport[] {
    const told = [...this.#told.values()]
    const ofTable = this.#attached.flatMap((attached) => {
      const mine = told.filter(({ name }) => name === attached.name)
      const overtaken = mine.some(({ library }) => library === undefined || attached.state === 'waiting')
      return overtaken ? mine : [attached, ...mine]
    })
    return [...ofTable, ...told.filter(({ name }) => !this.#table.has(name))]
  }
}
