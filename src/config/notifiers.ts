import type { NotifierDraft, NotifierFields } from './notifier-drafts.ts'
import { NOTIFIER_SHAPES } from './notifier-shapes.ts'
import { type Problem, pathOf } from './problems.ts'
import type { NotifierSettings } from './settings.ts'

export type NotifierDrafts = Readonly<Record<string, NotifierDraft | undefined>>

/** One place over another: by name, and in each by option, so that a secret can come from the environment. */
export function notifiersOver(lower: NotifierDrafts, higher: NotifierDrafts): NotifierDrafts {
  const merged: Record<string, NotifierDraft | undefined> = { ...lower }
  for (const [name, draft] of Object.entries(higher)) {
    if (draft === undefined) continue
    const below = merged[name]
    // Another kind is another notifier, whatever was below.
    const same = below?.kind !== undefined && (draft.kind === undefined || below.kind === draft.kind)
    merged[name] = same ? { kind: below.kind!, options: { ...fieldsOf(below), ...fieldsOf(draft) } } : draft
  }
  return merged
}

/** Complete ones; for the others a problem each. */
export function notifiersFrom(
  drafts: NotifierDrafts,
  blame: (name: string) => Problem[],
): Readonly<Record<string, NotifierSettings>> {
  const found: Record<string, NotifierSettings> = {}
  for (const [name, draft] of Object.entries(drafts)) {
    if (draft === undefined) continue
    const settings = complete(name, draft, blame(name))
    if (settings !== undefined) found[name] = settings
  }
  return found
}

function complete(name: string, draft: NotifierDraft, problems: Problem[]): NotifierSettings | undefined {
  const path = pathOf(['notifiers', name])
  const { kind } = draft
  if (kind === undefined) {
    // One that was given and could not be read has its problem already.
    if ('kind' in draft) return undefined
    problems.push({ path: `${path}.kind`, expected: KINDS, got: 'nothing', fix: 'write "slack"' })
    return undefined
  }
  const options = fieldsOf(draft)
  const { needs } = NOTIFIER_SHAPES[kind]
  // What was given and could not be read has its problem already.
  if (!needs.some((need) => need.every((option) => option in options))) {
    const wanted = needs.map((need) => need.join(', ')).join(', or ')
    const missing = needs[0]!.filter((option) => !(option in options))
    problems.push({ path, expected: wanted, got: gotOf(options), fix: `add ${missing.join(', ')}` })
    return undefined
  }
  return { kind, options } as NotifierSettings
}

const KINDS = Object.keys(NOTIFIER_SHAPES)
  .map((kind) => JSON.stringify(kind))
  .join(', ')

/** Names only: the values are secrets. */
function gotOf(options: NotifierFields): string {
  return Object.keys(options).join(', ') || 'none of them'
}

function fieldsOf({ kind: _, options, ...fields }: NotifierDraft): NotifierFields {
  return { ...options, ...fields }
}
