import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SQL_READ, sanitizeSql, summarizeSql } from '../../src/measure/sql.ts'

const WORD = 'Zanzibar'
const NUMBER = '7391'

interface Dialect {
  /** Values and comments that can stand anywhere, with the secret in them. */
  readonly values: fc.Arbitrary<string>
  /** Pieces of queries around them, each in balance. */
  readonly code: readonly string[]
}

const free = fc.string({ unit: fc.constantFrom(...'ab \\\'"`$[]#-/*;,.()?\n') })
/** Any text with the secret somewhere in it. */
const secret = fc.tuple(free, fc.constantFrom(WORD, NUMBER), free).map((parts) => parts.join(' '))
const without = (pattern: RegExp) => secret.map((text) => text.replaceAll(pattern, ' '))

const doubled = (text: string) => text.replaceAll("'", "''")
const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('"', '\\"')

const numbers = fc
  .constantFrom(
    '7391',
    '-7391',
    '+7391',
    '7391.5',
    '.7391',
    '-.7391',
    '7391e7',
    '5E-7391',
    '0x7391',
    '7391_000',
  )
  .chain((number) => fc.constantFrom(number, `a=${number}`, `a<${number}`, `(${number})`, `a+${number}*b`))
const lineComments = without(/[\r\n]/g).map((text) => `-- ${text}\n`)
const blockComments = without(/[*/]/g).chain((text) =>
  fc.constantFrom(`/* ${text} */`, `/*${text}*/`, `/**${text}*/`),
)
const nested = without(/[*/]/g).map((text) => `/* a /* ${text} */ ${text} */`)

const COMMON = [
  'SELECT a, b FROM t WHERE c = ',
  'INSERT INTO t VALUES (',
  ')',
  '(',
  ', ',
  ' AND d IN (',
  ' OR ',
  ';',
  ' t.',
]

const DIALECTS: Readonly<Record<string, Dialect>> = {
  postgres: {
    values: fc.oneof(
      numbers,
      lineComments,
      blockComments,
      nested,
      secret.map((text) => `'${doubled(text)}'`),
      secret.map((text) => `E'${escaped(text)}'`),
      secret.map((text) => `U&'${doubled(text)}'`),
      without(/\$/g).chain((text) => fc.constantFrom(`$$${text}$$`, `$a1$${text}$a1$`, `$_$ $$ ${text}$_$`)),
      fc.constantFrom(
        `B'${NUMBER}'`,
        `x'${NUMBER}'`,
        `a['${WORD}']`,
        `ARRAY['${WORD}', ${NUMBER}]`,
        `ARRAY [${NUMBER}]`,
      ),
    ),
    code: [
      ...COMMON,
      'UPDATE "t" SET "it\'s" = ',
      ' FROM "a\\" x, ',
      ' JOIN ',
      '::',
      '->>',
      ' #> ',
      ' # ',
      'ARRAY [f(',
      ')]',
      ' $1 ',
    ],
  },
  mysql: {
    values: fc.oneof(
      numbers,
      lineComments,
      blockComments,
      secret.map((text) => `'${escaped(text)}'`),
      secret.map((text) => `'${doubled(text.replaceAll('\\', ''))}'`),
      secret.map((text) => `= "${escaped(text)}"`),
      secret.map((text) => `_utf8'${escaped(text)}'`),
      without(/[\r\n]/g).map((text) => `# ${text}\n`),
      fc.constantFrom(`N'${WORD}'`, `X'${NUMBER}'`, `'a' '${WORD}'`, `= "a" "${WORD}"`),
    ),
    code: [
      ...COMMON,
      'UPDATE `it\'s` SET `a``"` = ',
      ' FROM `a\\` x, ',
      ' JOIN ',
      ' @a := ',
      ' ON DUPLICATE KEY UPDATE a = ',
    ],
  },
  sqlserver: {
    values: fc.oneof(
      numbers,
      lineComments,
      blockComments,
      nested,
      secret.map((text) => `'${doubled(text)}'`),
      secret.map((text) => `N'${doubled(text)}'`),
      fc.constantFrom(`$${NUMBER}`, `$${NUMBER}.50`, `0x${NUMBER}`),
    ),
    code: [
      ...COMMON,
      "UPDATE [t] SET [it's] = ",
      " FROM [a]]'b] x, ",
      ' JOIN #t ',
      '[a b], ',
      'EXEC p @a = ',
      'SELECT TOP ',
    ],
  },
  sqlite: {
    values: fc.oneof(
      numbers,
      lineComments,
      blockComments,
      secret.map((text) => `'${doubled(text)}'`),
      fc.constantFrom(`x'${NUMBER}'`, `?${NUMBER}`),
    ),
    code: [
      ...COMMON,
      'UPDATE "t" SET `a` = ',
      ' FROM [t] x, ',
      ' JOIN ',
      ' :a ',
      ' $a ',
      'PRAGMA p = ',
      'WITH x AS (',
    ],
  },
}

for (const [name, { values, code }] of Object.entries(DIALECTS)) {
  const query = fc
    .array(fc.tuple(fc.constantFrom(...code), values), { minLength: 1, maxLength: 8 })
    .map((pieces) => pieces.map(([around, value]) => `${around} ${value} `).join(''))

  test(`no value and no comment of ${name} is told`, () => {
    fc.assert(
      fc.property(query, fc.integer({ min: 0, max: 400 }), (text, cut) => {
        for (const read of [text, text.slice(0, cut)]) {
          for (const told of [summarizeSql(read), sanitizeSql(read)]) {
            assert.ok(!told.includes(WORD) && !told.includes(NUMBER), `${told}\nof\n${read}`)
          }
        }
      }),
      { numRuns: 3000 },
    )
  })
}

test('queries that differ in their values only are told alike', () => {
  const value = fc.oneof(
    fc.nat().map(String),
    fc.double({ min: 0, noDefaultInfinity: true, noNaN: true }).map(String),
    fc.string({ unit: fc.constantFrom(...'ab -(),;"') }).map((text) => `'${text}'`),
    fc.constant('NULL').map(() => "''"),
  )
  const row = fc.tuple(value, value, value, fc.array(value, { minLength: 1, maxLength: 9 }))
  const query = ([a, b, c, list]: readonly [string, string, string, readonly string[]]) =>
    `UPDATE t SET x=${a}, y = ${b} FROM s WHERE z = f(${c}) AND i IN (${list.join(', ')}) -- ${a}`
  fc.assert(
    fc.property(row, row, (one, other) => {
      assert.equal(sanitizeSql(query(one)), sanitizeSql(query(other)))
      assert.equal(summarizeSql(query(one)), 'UPDATE t s')
    }),
  )
})

const SOUP = [
  'SELECT',
  'FROM',
  'WITH',
  'AS',
  'DELETE',
  'UPDATE',
  'SET',
  'INSERT',
  'INTO',
  'VALUES',
  'UNION',
  'MERGE',
  'USING',
  'CREATE',
  'TABLE',
  'DROP',
  'EXEC',
  'EXPLAIN',
  'BEGIN',
  'JOIN',
  'DISTINCT',
  'TOP',
  'a',
  'b1',
  "'",
  '"',
  '`',
  '[',
  ']',
  '(',
  ')',
  ',',
  ';',
  '.',
  '$',
  '$$',
  '$a$',
  '#',
  '@',
  ':',
  '::',
  '?',
  '--',
  '/*',
  '*/',
  '\n',
  ' ',
  '\\',
  "E'",
  "N'",
  'U&"',
  '1',
  '.5',
  '1e',
  '+',
  '-',
  '0x',
  '\u{1f600}',
  '\ud800',
  '\0',
  'é',
  '{',
]
const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(fc.constantFrom(...SOUP), { maxLength: 200 })
    .chain((pieces) => fc.constantFrom(pieces.join(''), pieces.join(' '))),
)

test('whatever comes, a summary of at most its limit and a text of at most its length are told', () => {
  fc.assert(
    fc.property(anything, fc.integer({ min: 0, max: 300 }), (text, limit) => {
      assert.ok(summarizeSql(text, limit).length <= limit)
      assert.ok(summarizeSql(text).length <= 255)
      assert.ok(sanitizeSql(text).length <= text.length)
    }),
    { numRuns: 5000 },
  )
  assert.equal(sanitizeSql('a '.repeat(1_000_000)).length, SQL_READ + 1)
})

/** Stands for a text, and counts the characters that are looked at. */
class CountedText {
  readonly #text: string
  readonly length: number
  looks = 0

  constructor(text: string) {
    this.#text = text
    this.length = text.length
  }

  charCodeAt(at: number): number {
    this.looks++
    return this.#text.charCodeAt(at)
  }

  slice(from: number, to: number): string {
    this.looks += to - from
    return this.#text.slice(from, to)
  }

  indexOf(text: string, from: number): number {
    const found = this.#text.indexOf(text, from)
    this.looks += (found < 0 ? this.length : found) - from
    return found
  }
}

test('each character is looked at a few times, however the text is made', () => {
  const piece = fc
    .array(fc.constantFrom(...SOUP), { minLength: 1, maxLength: 6 })
    .map((pieces) => pieces.join(''))
  const repeated = fc
    .tuple(anything, piece)
    .map(([start, unit]) => (start + unit.repeat(SQL_READ)).slice(0, SQL_READ))
  fc.assert(
    fc.property(repeated, (text) => {
      for (const tell of [summarizeSql, sanitizeSql]) {
        const counted = new CountedText(text)
        tell(counted as unknown as string)
        assert.ok(counted.looks <= 12 * text.length, `${counted.looks} looks at ${text.length} characters`)
      }
    }),
    { numRuns: 500 },
  )
})
