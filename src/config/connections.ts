import { z } from 'zod'
import type { Field } from './shape.ts'

const LONGEST_URL = 2_000
const FIX = 'write "postgres://user:password@host:5432/database"'

/** Whether a text names a PostgreSQL database rather than the path of a file. */
export function isPostgresUrl(input: string): boolean {
  return /^postgres(ql)?:\/\//i.test(input)
}

/** Where a PostgreSQL database is. It may hold a password. */
export const postgresUrl: Field<string> = {
  kind: 'field',
  schema: z
    .string()
    .max(LONGEST_URL)
    .refine((input) => isPostgresUrl(input) && URL.canParse(input)),
  expected: () => 'the URL of a PostgreSQL database',
  fix: () => FIX,
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
