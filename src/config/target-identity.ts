import { defaultWeight } from '../targets/defaults.ts'
import { percentileName } from '../targets/reason.ts'
import type { Indicator, Target } from '../targets/target.ts'
import type { TargetDraft } from './drafts.ts'
import type { Problem } from './problems.ts'

/** A target with all but its identity, which depends on the others. */
export interface Body {
  readonly draft: TargetDraft
  /** Place in the list that the user wrote; absent for a default. */
  readonly at?: number
  readonly target: Omit<Target, 'id' | 'weight'>
}

/** Gives ids and weights. A component's own target is its first one without series. */
export function identified(bodies: readonly Body[], problems: Problem[]): readonly Target[] {
  const taken = new Map<string, Body>()
  for (const body of bodies) {
    const { id } = body.draft
    if (id === undefined) continue
    const other = taken.get(id)
    if (other === undefined) taken.set(id, body)
    else noteTaken(body, id, other, problems)
  }
  const owned = new Set<string>()
  return bodies.map((body) => {
    const { draft, target } = body
    const own = target.series === undefined && !owned.has(target.component)
    if (own) owned.add(target.component)
    return {
      id: draft.id ?? freeId(body, taken, problems),
      ...target,
      weight: draft.weight ?? (own ? defaultWeight(target.component) : 0),
    }
  })
}

/** The component and its series; with the indicator where another target on the same ones has that name. */
function freeId(body: Body, taken: Map<string, Body>, problems: Problem[]): string {
  const base = baseId(body.target)
  const first = taken.get(base)
  const alike = first !== undefined && coverAlike(first.target, body.target)
  const id = alike ? `${base} ${indicatorName(body.target.indicator)}` : base
  const other = taken.get(id)
  if (other === undefined) taken.set(id, body)
  else if (!isRepeated(body, other)) noteTaken(body, id, other, problems)
  return id
}

/** Told already, as the same requirement twice. */
function isRepeated({ target: one }: Body, { target: other }: Body): boolean {
  return coverAlike(one, other) && JSON.stringify(one.except) === JSON.stringify(other.except)
}

function coverAlike(one: Body['target'], other: Body['target']): boolean {
  return one.component === other.component && one.series === other.series
}

function noteTaken(body: Body, id: string, other: Body, problems: Problem[]): void {
  const [late, early] = body.at === undefined ? [other, body] : [body, other]
  problems.push({
    path: `targets[${late.at}].id`,
    expected: 'a name of its own for each target',
    got: `${JSON.stringify(id)}, which ${early.at === undefined ? 'a default target' : `targets[${early.at}]`} has`,
    fix: 'give it another id',
  })
}

/** The component and its series. */
export function baseId({ component, series }: Body['target']): string {
  return series === undefined ? component : `${component} ${series}`
}

/** `p95`, `hit rate`. */
export function indicatorName(indicator: Indicator): string {
  return indicator.kind === 'latency' ? percentileName(indicator.percentile) : 'hit rate'
}
