import { z } from 'zod'
import { schemeOf } from '../ground/scheme.ts'
import { suggestion } from '../ground/suggestion.ts'
import type { Field } from './shape.ts'

const LONGEST_URL = 2_000
const SCHEMES = ['postgres', 'postgresql']
const FIX = 'write "postgres://user:password@host:5432/database"'

/** Where a PostgreSQL database is. It may hold a password. */
export const postgresUrl: Field<string> = {
  kind: 'field',
  schema: z
    .string()
    .max(LONGEST_URL)
    .refine((input) => SCHEMES.includes(schemeOf(input) ?? '') && URL.canParse(input)),
  expected: () => 'the URL of a PostgreSQL database',
  fix: (input) => {
    const scheme = typeof input === 'string' ? schemeOf(input) : undefined
    if (scheme === undefined || SCHEMES.includes(scheme)) return FIX
    const near = suggestion(scheme, SCHEMES)
    return near === undefined ? `there is no store for ${scheme}://; ${FIX}` : `did you mean ${near}://?`
  },
  secret: true,
}

/** The path of an SQLite file; an address is none, and would make a folder `mysql:`. */
export const sqlitePath: Field<string> = {
  kind: 'field',
  schema: z
    .string()
    .regex(/^\S(?:.{0,198}\S)?$/su)
    .refine((input) => schemeOf(input) === undefined),
  expected: () => 'the path of a file, of at most 200 characters',
  fix: () => 'write ".yardstick/yardstick.db"',
  // What an address that was put here holds may be a password.
  secret: true,
}

export type TlsOption = boolean | Readonly<Record<string, string | boolean>>

/** How to encrypt a connection: what `tls.connect` takes, as plain data. Keys are secrets. */
export const tls: Field<TlsOption> = {
  kind: 'field',
  schema: z.union([z.boolean(), z.record(z.string(), z.union([z.string(), z.boolean()]))]),
  expected: () => 'true, false, or options of tls.connect as texts',
  fix: () => 'write { ca: readFileSync("ca.pem", "utf8") }',
  secret: true,
}

/** The name of a schema, short enough for PostgreSQL and without need of quotes. */
export const schemaName: Field<string> = {
  kind: 'field',
  schema: z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/),
  expected: () => 'the name of a schema in small letters, digits and _',
  fix: () => 'write "yardstick"',
}
