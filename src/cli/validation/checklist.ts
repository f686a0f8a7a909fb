import { wrapped } from '../card/columns.ts'
import { type Ink, painted } from '../card/ink.ts'
import type { Paper } from '../card/table.ts'
import type { Check, Section } from './check.ts'

const MARKS: Readonly<Record<Check['outcome'], readonly [mark: string, ink: Ink]>> = {
  passed: ['✓', 'good'],
  failed: ['✗', 'worst'],
  noted: ['·', 'faint'],
}

/** A section as text: its title and a line per check, longer ones wrapped. */
export function renderSection({ title, checks }: Section, paper: Paper): string {
  const lines = checks.flatMap((check) => linesOf(check, paper))
  return `${[painted(title, 'title', paper.color), ...lines].join('\n')}\n`
}

function linesOf(check: Check, paper: Paper): readonly string[] {
  const [mark, ink] = MARKS[check.outcome]
  const [first = '', ...rest] = wrapped(sentence(check), paper.width - 4)
  return [`  ${painted(mark, ink, paper.color)} ${first}`, ...rest.map((line) => `    ${line}`)]
}

/** The closing line, with what failed once more: it may stand far above, out of sight. */
export function renderSum(sections: readonly Section[], paper: Paper): string {
  const all = sections.flatMap(({ checks }) => checks)
  const failed = all.filter(({ outcome }) => outcome === 'failed')
  const count = all.filter(({ outcome }) => outcome !== 'noted').length
  if (failed.length === 0) return painted(`All ${count} checks passed.\n`, 'good', paper.color)
  const sum = painted(`${failed.length} of ${count} checks failed:`, 'worst', paper.color)
  return `${[sum, ...failed.flatMap((check) => linesOf(check, paper))].join('\n')}\n`
}

function sentence({ what, detail }: Check): string {
  return detail === '' ? what : `${what}: ${detail}`
}
