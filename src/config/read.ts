import { suggestion } from '../ground/suggestion.ts'
import { WITHHELD } from '../ground/withheld.ts'
import { type Problem, pathOf, shown } from './problems.ts'
import type { Field, Group, List, Named, Shape } from './shape.ts'

type Steps = readonly (string | number)[]
type AnyNode = Field<unknown> | Group<unknown> | List<unknown> | Named<unknown>

const NAME = /^[A-Za-z][\w-]{0,59}$/

/** Functions that belong to the application's thread: they are given in code, never in a file. */
const CODE_ONLY: readonly string[] = ['user', 'ignore', 'access', 'logger', 'onError', 'config']

/**
 * Reads options by their shape. Notes every problem and goes on: what could be read is returned, what was given but
 * could not be read is there as `undefined`.
 */
export function read<Out>(
  shape: Shape<Out>,
  input: unknown,
  problems: Problem[],
  at: Steps = [],
): Partial<Out> {
  if (!isObject(input)) {
    problems.push({
      path: at.length === 0 ? 'the configuration' : pathOf(at),
      expected: 'an object of options',
      got: shown(input),
      fix: 'write { service: "shop", … }',
    })
    return {}
  }
  const known = Object.keys(shape)
  const found: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue
    const node = Object.hasOwn(shape, name) ? (shape as Record<string, AnyNode>)[name] : undefined
    if (node === undefined) problems.push(unknownOption([...at, name], known))
    else found[name] = readNode(node, value, problems, [...at, name])
  }
  return found as Partial<Out>
}

function readNode(node: AnyNode, value: unknown, problems: Problem[], at: Steps): unknown {
  if (typeof value === 'function') {
    const wanted = node.kind === 'field' ? node.expected(value) : node.expected
    problems.push({ path: pathOf(at), expected: wanted, got: 'a function', fix: functionFix(at) })
    return undefined
  }
  if (node.kind === 'field') return readField(node, value, problems, at)
  if (node.kind === 'group') {
    const whole = node.spellOut?.(value) ?? value
    if (isObject(whole)) return read(node.shape as Shape<object>, whole, problems, at)
  } else if (node.kind === 'named') {
    if (isObject(value) && Object.keys(value).length <= node.most) return readNamed(node, value, problems, at)
  } else if (Array.isArray(value) && value.length <= node.most) {
    return value.map((item, i) => readNode(node.item, item, problems, [...at, i]))
  }
  const got = 'secret' in node ? WITHHELD : shown(value)
  problems.push({ path: pathOf(at), expected: node.expected, got, fix: node.fix })
  return undefined
}

function readNamed(
  node: Named<unknown>,
  value: Readonly<Record<string, unknown>>,
  problems: Problem[],
  at: Steps,
): unknown {
  const found: Record<string, unknown> = Object.create(null)
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined) continue
    if (NAME.test(name)) found[name] = readNode(node.item(item), item, problems, [...at, name])
    else {
      problems.push({
        path: pathOf([...at, name]),
        expected: 'a name of a letter, then letters, digits, _ and -, at most 60',
        got: shown(name),
        fix: 'rename it',
      })
    }
  }
  return { ...found }
}

function readField(field: Field<unknown>, value: unknown, problems: Problem[], at: Steps): unknown {
  const result = field.schema.safeParse(value)
  if (result.success) return result.data
  problems.push({
    path: pathOf(at),
    expected: field.expected(value),
    got: field.secret === true ? WITHHELD : shown(value),
    fix: field.fix(value),
  })
  return undefined
}

function unknownOption(at: Steps, known: readonly string[]): Problem {
  const name = String(at.at(-1))
  const path = pathOf(at)
  if (at.length === 1 && CODE_ONLY.includes(name)) {
    return { path, expected: 'an option of a file', got: `${name}, which is for code`, fix: functionFix(at) }
  }
  const near = suggestion(name, known)
  const fix = near === undefined ? `remove it (known are ${known.join(', ')})` : `did you mean "${near}"?`
  return { path, expected: 'a known option', got: JSON.stringify(name), fix }
}

function functionFix(at: Steps): string {
  const name = String(at[0])
  return at.length === 1 && CODE_ONLY.includes(name)
    ? `give it to yardstick({ ${name} }), in the application's own thread`
    : 'give plain data'
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
