import { z } from 'zod'
import { type InvalidParameter, MOST_LISTED, shown } from './parameters.ts'

type Issue = z.ZodError['issues'][number]

/** The fields of a body that are not what the schema says, as far as they are listed: what was expected, what came. */
export function bodyProblems(error: z.ZodError, schema: z.ZodType): readonly InvalidParameter[] {
  return error.issues.slice(0, MOST_LISTED).map((issue) => {
    const parameter = shown(issue.path.map(String).join('.'))
    const [expected, got] = told(issue, schema)
    return { parameter, detail: `${parameter === '' ? 'The body' : parameter}: ${expected}, got ${got}.` }
  })
}

function told(issue: Issue, schema: z.ZodType): readonly [expected: string, got: string] {
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsAt(schema, issue.path)
    const got = issue.keys.slice(0, MOST_LISTED).map((key) => `"${shown(key)}"`)
    return [known.length === 0 ? 'Expected no fields' : `Expected only ${known.join(', ')}`, got.join(', ')]
  }
  return [expectation(issue), described(issue.input)]
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `Expected ${NAMES[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `Expected one of ${issue.values.join(', ')}`
    case 'too_small':
      return `Expected at least ${issue.minimum}${unitOf(issue, issue.minimum)}`
    case 'too_big':
      return `Expected at most ${issue.maximum}${unitOf(issue, issue.maximum)}`
    default:
      return issue.message
  }
}

const NAMES: Readonly<Record<string, string>> = { string: 'a text', array: 'a list', object: 'an object' }

function unitOf({ origin }: { readonly origin: string }, bound: number | bigint): string {
  const one = Number(bound) === 1
  if (origin === 'string') return one ? ' letter' : ' letters'
  return origin === 'array' ? (one ? ' entry' : ' entries') : ''
}

function described(input: unknown): string {
  if (input === undefined) return 'nothing'
  if (typeof input === 'string') return `"${shown(input)}"`
  if (Array.isArray(input)) return `a list of ${input.length}`
  return typeof input === 'object' && input !== null ? 'an object' : String(input)
}

/** The fields that there are at a place in the body. */
function fieldsAt(schema: z.ZodType, [name, ...path]: readonly PropertyKey[]): readonly string[] {
  const inner = bare(schema)
  if (!(inner instanceof z.ZodObject)) return []
  const shape: Readonly<Record<string, z.ZodType>> = inner.shape
  if (name === undefined) return Object.keys(shape)
  const field = shape[String(name)]
  return field === undefined ? [] : fieldsAt(field, path)
}

function bare(schema: z.ZodType): z.ZodType {
  const wrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
  return wrapped ? bare(schema.unwrap() as z.ZodType) : schema
}
