import type { z } from 'zod'
import type { AlertWatch } from '../alerts/watch.ts'
import type { Snapshot } from '../engine/snapshot.ts'
import { bodyProblems } from './body-problems.ts'
import type { InvalidParameter } from './parameters.ts'
import { invalidBody } from './refusal.ts'

/** What a check may look at besides the body. */
export interface Surroundings {
  readonly watch: AlertWatch
  readonly snapshot: Snapshot
}

/** What a body has to be beyond its form: a span that is to come, a matcher that fits something. */
export interface BodyCheck {
  /** The fields it looks at. It is made where all of them are of their form, whatever the others are. */
  readonly of: readonly string[]
  readonly problems: (fields: never, around: Surroundings) => readonly InvalidParameter[]
}

/** @example bodyCheck<{ match: MatcherJson }>(['match'], ({ match }, { watch }) => matcherProblems(match, watch)) */
export function bodyCheck<Fields extends object>(
  of: readonly (keyof Fields & string)[],
  problems: (fields: Fields, around: Surroundings) => readonly InvalidParameter[],
): BodyCheck {
  return { of, problems }
}

/**
 * The body as its schema reads it.
 *
 * @throws Refusal `invalid-body` with all that is wrong with it, form and meaning in one: nobody should have to mend
 * one thing to hear of the next
 */
export function checkedBody(
  input: unknown,
  { body: schema, checks }: { readonly body: z.ZodObject; readonly checks: readonly BodyCheck[] },
  around: Surroundings,
): unknown {
  const result = schema.safeParse(input, { reportInput: true })
  const issues = result.error?.issues ?? []
  const malformed = new Set(issues.map(({ path }) => path[0]))
  const met = isObject(input) ? checks.filter(({ of }) => !of.some((field) => malformed.has(field))) : []
  const problems = [
    ...(result.error === undefined ? [] : bodyProblems(result.error, schema)),
    ...met.flatMap(({ of, problems }) =>
      problems((result.data ?? fieldsOf(input, schema, of)) as never, around),
    ),
  ]
  if (problems.length > 0) throw invalidBody(problems)
  return result.data
}

/** What is of its form in a body that is not, as its schema reads it. */
function fieldsOf(input: unknown, { shape }: z.ZodObject, names: readonly string[]): object {
  const given = input as Readonly<Record<string, unknown>>
  return Object.fromEntries(names.map((name) => [name, (shape[name] as z.ZodType).parse(given[name])]))
}

function isObject(input: unknown): boolean {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}
