/** One condition for an alert, whether it holds now, and the numbers. */
export interface WhyCondition {
  readonly name:
    | 'measured'
    | 'operations'
    | 'bad'
    | 'over'
    | 'long'
    | 'short'
    | 'held'
    | 'no_grace'
    | 'not_silenced'
    | 'not_quiet'
    | 'routed'
  readonly holds: boolean
  /** With the numbers: `ratio 1.2, fires from 1.5`. */
  readonly text: string
  /** Of a burn-rate policy: it holds when one of its pairs of windows does. */
  readonly anyOf?: readonly WhyPair[]
}

/** A pair of windows of a burn-rate policy: it is over when all its conditions hold. */
export interface WhyPair {
  readonly holds: boolean
  readonly text: string
  readonly conditions: readonly WhyCondition[]
}

/** Conditions in words, a line each; those of a pair of windows below it. */
export function whyLines(conditions: readonly WhyCondition[], indent = '  '): readonly string[] {
  return conditions.flatMap((condition) => [
    line(condition, indent),
    ...(condition.anyOf ?? []).flatMap((pair) => [
      line(pair, `${indent}  `),
      ...whyLines(pair.conditions, `${indent}    `),
    ]),
  ])
}

function line({ holds, text }: Pick<WhyCondition, 'holds' | 'text'>, indent: string): string {
  return `${indent}${holds ? 'yes' : 'no '}  ${text}`
}
