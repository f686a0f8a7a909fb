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
  const met = isObject(input) ? checks : []
  const problems = [
    ...(result.error === undefined ? [] : bodyProblems(result.error, schema)),
    ...met.flatMap(({ of, problems }) => {
      const fields = result.data ?? fieldsOf(input, { schema, of, issues })
      return fields === undefined ? [] : problems(fields as never, around)
    }),
  ]
  if (problems.length > 0) throw invalidBody(problems)
  return result.data
}

/**
 * What is of its form in a body that is not, as its schema reads it: of a field with a wrong part the others.
 * `undefined` where one of the fields is of another form altogether.
 */
function fieldsOf(
  input: unknown,
  {
    schema,
    of,
    issues,
  }: { readonly schema: z.ZodObject; readonly of: readonly string[]; readonly issues: Issues },
): object | undefined {
  const given = input as Readonly<Record<string, unknown>>
  const fields: Record<string, unknown> = {}
  for (const name of of) {
    const wrong = issues.filter(({ path }) => path[0] === name).flatMap(partsOf)
    const value = wrong.length === 0 ? given[name] : without(given[name], wrong)
    const read = (schema.shape[name] as z.ZodType).safeParse(value)
    if (!read.success) return undefined
    fields[name] = read.data
  }
  return fields
}

type Issues = z.ZodError['issues']

/** The parts of its field that an issue is about; none: the whole of it. */
function partsOf(issue: Issues[number]): readonly string[] {
  const [, part] = issue.path
  if (part !== undefined) return [String(part)]
  return issue.code === 'unrecognized_keys' ? issue.keys : []
}

function without(value: unknown, parts: readonly string[]): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([part]) => !parts.includes(part)))
}

function isObject(input: unknown): input is object {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}
