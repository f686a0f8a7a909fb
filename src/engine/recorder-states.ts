import { overtakes, type RecorderReport } from '../measure/recorder-report.ts'

/** Versions of one library that are told apart; a process that loads more shows the first ones. */
const MOST = 200

/** What the recorders of all threads have told of themselves, in the order of their table. */
export class RecorderStates {
  #attached: readonly RecorderReport[] = []
  #heard: readonly RecorderReport[] = []

  /** What was attached at the start; what a thread tells later goes over it. */
  are(recorders: readonly RecorderReport[]): void {
    this.#attached = recorders
  }

  heard(report: RecorderReport): void {
    // A thread repeats everything for an engine that has just started.
    if (this.#heard.some((known) => isSame(known, report))) return
    const kept = this.#heard.filter((known) => !overtakes(report, known))
    if (kept.length < MOST) this.#heard = [...kept, report]
  }

  get all(): readonly RecorderReport[] {
    const shown = this.#attached.flatMap((attached) => {
      const told = this.#heard.filter(({ name }) => name === attached.name)
      return told.some((report) => overtakes(report, attached)) ? told : [attached, ...told]
    })
    return shown
  }
}

function isSame(a: RecorderReport, b: RecorderReport): boolean {
  return a.name === b.name && a.library === b.library && a.version === b.version && a.state === b.state
}
