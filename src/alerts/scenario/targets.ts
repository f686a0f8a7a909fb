import { defaultGrades } from '../../targets/defaults.ts'
import type { Indicator } from '../../targets/target.ts'
import { ratioPolicy } from '../options.ts'
import type { Draft } from './draft.ts'
import type { Words } from './words.ts'

const METHOD = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/

/**
 * `target <id> [component] [series…] p95 < 300ms [over 1m] [, hold 10s] [, keep firing 60s] [, at least 20 calls]`.
 * Without a component it is one of `request`.
 */
export function target(words: Words, draft: Draft): void {
  const id = words.word('a name')
  if (draft.targets.some((each) => each.id === id)) words.wrong(`a name other than ${id}`)
  const component = METHOD.test(words.next ?? '') ? 'request' : words.word('a component or a route')
  const series: string[] = []
  while (!words.ended && !/^(p\d+(\.\d+)?|hit)$/.test(words.next!)) series.push(words.word('p95 or hit rate'))
  const indicator = indicatorOf(words)
  if (words.take('over') && words.durationMs() !== 60_000) words.wrong('over 1m: alerts look at one minute')
  draft.targets.push({
    id,
    component,
    ...(series.length === 0 ? {} : { series: series.join(' ') }),
    except: [],
    indicator,
    grades: defaultGrades(component, indicator),
    weight: 0,
  })
  if (words.ended) return
  // Its own rule; who writes one for a target writes one for each that is to have alerts.
  let own = { ...ratioPolicy, match: { targets: [id] } }
  while (words.take(',')) own = { ...own, ...termOf(words) }
  draft.policies.push(own)
}

function indicatorOf(words: Words): Indicator {
  if (words.take('hit', 'rate')) {
    words.need('>')
    return { kind: 'hit_rate', share: percent(words.number('a share such as 95%', '%')) }
  }
  const percentile = percent(Number(words.word('p95 or hit rate').slice(1)))
  if (!words.take('<') && !words.take('<=')) words.wrong('"<"')
  return { kind: 'latency', percentile, limitMs: words.durationMs() }
}

/** Via the decimal that was written: 99.9 / 100 is not the double nearest to 0.999. */
function percent(value: number): number {
  return Number(`${value}e-2`)
}

export interface Term {
  readonly forMs?: number
  readonly keepFiringForMs?: number
  readonly fewestOperations?: number
  readonly fewestBad?: number
  readonly warning?: number
  readonly critical?: number
}

/** What a rule may say: `hold 10s`, `keep firing 60s`, `at least 20 calls`, `warning 1.5`. */
export function termOf(words: Words): Term {
  if (words.take('hold')) return { forMs: words.durationMs() }
  if (words.take('keep', 'firing')) return { keepFiringForMs: words.durationMs() }
  if (words.take('warning')) return { warning: words.number('a factor') }
  if (words.take('critical')) return { critical: words.number('a factor') }
  if (words.take('at', 'least')) {
    const count = words.number('a number')
    return words.choice(['calls', 'operations', 'bad']) === 'bad'
      ? { fewestBad: count }
      : { fewestOperations: count }
  }
  return words.wrong('hold, keep firing, at least, warning or critical')
}
