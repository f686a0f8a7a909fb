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
  const lines = checks.flatMap((check) => {
    const [mark, ink] = MARKS[check.outcome]
    const [first = '', ...rest] = wrapped(sentence(check), paper.width - 4)
    return [`  ${painted(mark, ink, paper.color)} ${first}`, ...rest.map((line) => `    ${line}`)]
  })
  return `${[painted(title, 'title', paper.color), ...lines].join('\n')}\n`
}

/** The closing line. */
export function renderSum(sections: readonly Section[], paper: Paper): string {
  const outcomes = sections.flatMap(({ checks }) => checks.map(({ outcome }) => outcome))
  const failed = outcomes.filter((outcome) => outcome === 'failed').length
  const checks = outcomes.filter((outcome) => outcome !== 'noted').length
  return failed === 0
    ? painted(`All ${checks} checks passed.\n`, 'good', paper.color)
    : painted(`${failed} of ${checks} checks failed.\n`, 'worst', paper.color)
}

function sentence({ what, detail }: Check): string {
  return detail === '' ? what : `${what}: ${detail}`
}
