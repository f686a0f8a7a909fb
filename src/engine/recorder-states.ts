import type { RecorderReport } from '../measure/recorder-report.ts'

/** Versions of libraries that are told apart; a process that loads more shows the first ones. */
const MOST = 200
/** Names that a recorder lacks; of more the first ones are shown. */
const MOST_LACKING = 20

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
    const before = this.#told.get(key)
    // Where one thread records less than another, that is what has to be known.
    if (recordsMore(report, before) || (before === undefined && this.#told.size >= MOST)) return
    this.#told.set(key, united(report, before?.lacking))
  }

  get all(): readonly RecorderReport[] {
    const told = [...this.#told.values()].map(inWords)
    const ofTable = this.#attached.flatMap((attached) => {
      const mine = told.filter(({ name }) => name === attached.name)
      const overtaken = mine.some(({ library }) => library === undefined || attached.state === 'waiting')
      return overtaken ? mine : [attached, ...mine]
    })
    return [...ofTable, ...told.filter(({ name }) => !this.#table.has(name))]
  }
}

function recordsMore(report: RecorderReport, before: RecorderReport | undefined): boolean {
  if (before === undefined) return false
  if (before.state !== report.state) return before.state === 'degraded'
  return before.lacking !== undefined && report.lacking === undefined
}

/** Each thread knows of its own alone. */
function united(report: RecorderReport, known: readonly string[] = []): RecorderReport {
  if (report.lacking === undefined) return report
  return { ...report, lacking: [...new Set([...known, ...report.lacking])].slice(0, MOST_LACKING) }
}

function inWords({ lacking, ...report }: RecorderReport): RecorderReport {
  return lacking === undefined ? report : { ...report, detail: `${report.detail} ${lacking.join(', ')}` }
}
