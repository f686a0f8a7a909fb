import { LineProblems } from '../line-problems.ts'
import { actionAt } from './actions.ts'
import { evaluation } from './checks.ts'
import { Draft } from './draft.ts'
import { load } from './loads.ts'
import type { Scenario } from './scenario.ts'
import { grace, maintenance, policy, quietHours, route, start } from './settings.ts'
import { target } from './targets.ts'
import { Words } from './words.ts'

type Statement = (words: Words, draft: Draft) => void

const STATEMENTS: Readonly<Record<string, Statement>> = {
  start,
  target,
  policy,
  route,
  grace,
  maintenance,
  quiet: quietHours,
  load,
  at: actionAt,
  eval: evaluation,
}

/**
 * Reads a scenario; `docs/alerts.md` describes the language. `#` begins a comment.
 *
 * @throws YardstickError `YS_SCENARIO` with each line that is wrong, what was expected there and what came
 * @example
 * parseScenario('target orders database p95 < 25ms\nload 1s 20x ok 60ms for 1m\neval at 20s orders alert firing')
 */
export function parseScenario(text: string): Scenario {
  const draft = new Draft()
  const problems = new LineProblems()
  let targets = true
  for (const [index, whole] of text.split('\n').entries()) {
    const content = whole.replace(/(^|\s)#.*$/, '').trim()
    const declares = /^target\s/.test(content)
    // Without its target, what follows would be wrong for a reason that was told.
    if (content === '' || !(targets || declares)) continue
    const read = problems.reading(() => {
      readLine(content, index + 1, draft)
      return true
    })
    if (declares && read === undefined) targets = false
  }
  problems.refuse()
  if (draft.repeated !== undefined) new Words('', text.split('\n').length).wrong('"end" of what is repeated')
  return draft.scenario()
}

function readLine(text: string, line: number, draft: Draft): void {
  const words = new Words(text, line)
  const { repeated } = draft
  if (words.take('repeat')) {
    if (repeated !== undefined) words.wrong('no repetition within another')
    const times = words.number('a number of times such as 60x', 'x')
    words.end()
    draft.repeated = { times, lines: [] }
    return
  }
  if (words.take('end')) {
    if (repeated === undefined) words.wrong('an "end" only after "repeat"')
    words.end()
    draft.repeated = undefined
    for (let time = 0; time < repeated!.times; time++)
      for (const [each, number] of repeated!.lines) readLine(each, number, draft)
    return
  }
  if (repeated !== undefined) {
    if (words.next !== 'load') words.wrong('"load" within "repeat"')
    repeated.lines.push([text, line])
    return
  }
  const keyword = words.next ?? ''
  const statement = Object.hasOwn(STATEMENTS, keyword) ? STATEMENTS[keyword] : undefined
  if (statement === undefined) words.wrong(Object.keys(STATEMENTS).join(', '))
  words.need(keyword)
  statement!(words, draft)
  words.end()
}
