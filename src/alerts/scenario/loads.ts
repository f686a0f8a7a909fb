import type { Operations } from '../operations.ts'
import type { Draft } from './draft.ts'
import type { Words } from './words.ts'

/**
 * `load [target] <interval> 50x ok 120ms, 3x failed 1s for 2m`, or `load [target] nothing for 2m`. Each follows on the
 * target's last one. For a hit rate: `95x hit, 5x miss`.
 */
export function load(words: Words, draft: Draft): void {
  const target = loaded(words, draft)
  const everyMs = words.take('nothing') ? undefined : words.durationMs()
  const operations: Operations[] = []
  if (everyMs !== undefined) {
    do operations.push(some(words))
    while (words.take(','))
  }
  words.need('for')
  const fromMs = draft.loadedUntilMs.get(target.id) ?? 0
  const untilMs = fromMs + words.durationMs()
  draft.loadedUntilMs.set(target.id, untilMs)
  const { component, series = 'load' } = target
  draft.loads.push({
    component,
    series: series.replaceAll('*', 'x'),
    fromMs,
    untilMs,
    everyMs: everyMs ?? untilMs - fromMs,
    operations,
  })
}

function loaded(words: Words, { targets }: Draft): Draft['targets'][number] {
  const named = targets.find(({ id }) => id === words.next)
  if (named !== undefined) words.need(named.id)
  else if (targets.length !== 1) words.wrong(`one of the targets ${targets.map(({ id }) => id).join(', ')}`)
  return named ?? targets[0]!
}

function some(words: Words): Operations {
  const count = words.number('how many, such as 50x', 'x')
  const outcome = words.choice(['ok', 'failed', 'hit', 'miss'])
  const timed = outcome === 'ok' || outcome === 'failed'
  return { count, outcome, durationMs: timed ? words.durationMs() : 1 }
}
