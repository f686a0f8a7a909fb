import type { Draft } from './draft.ts'
import type { Words } from './words.ts'

/**
 * `at 5m change v2`, `at 5m start`, `at 5m restart` (another engine takes over), `at 5m silence orders for 10m by ann
 * "planned"`, `at 5m acknowledge orders by ann "on it"`, `at 5m resolve orders by ann`.
 */
export function actionAt(words: Words, draft: Draft): void {
  const atMs = words.durationMs()
  const kind = words.choice(['start', 'restart', 'change', 'silence', 'acknowledge', 'resolve'])
  switch (kind) {
    case 'start':
    case 'restart':
      draft.commands.push({ atMs, kind })
      return
    case 'change':
      draft.commands.push({ atMs, kind, name: words.word('the name of the change') })
      return
  }
  const target = targetOf(words, draft)
  if (kind === 'silence') words.need('for')
  const forMs = kind === 'silence' ? words.durationMs() : 0
  const by = words.take('by') ? words.word('a name') : 'somebody'
  const comment = words.ended ? '' : words.word('a comment in quotes')
  if (kind === 'silence') draft.commands.push({ atMs, kind, target, forMs, by, comment })
  else if (kind === 'acknowledge') draft.commands.push({ atMs, kind, target, by, comment })
  else draft.commands.push({ atMs, kind, target, by })
}

/** A target that was declared before. */
export function targetOf(words: Words, { targets }: Draft): string {
  return words.choice(targets.map(({ id }) => id))
}
