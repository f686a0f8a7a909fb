import { DEFAULT_SCHEMA } from './options.ts'

const PAGE = 'see "PostgreSQL" in docs/operations.md'

/** What an error is recognised by, its code or its message, and what somebody can do about it. */
const CURES: readonly (readonly [sign: RegExp, cure: string])[] = [
  [/^(ENOTFOUND|EAI_AGAIN)/, 'the host is not known here: check its name'],
  [/^ECONNREFUSED/, 'nothing listens there: check host and port, and whether the server runs'],
  [
    /^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)|timeout exceeded when trying to connect|due to connection timeout/,
    'there is no way there: check host, port and firewalls',
  ],
  [
    /^(28P01|SASL)|client password must be/,
    'check user and password in the URL (PGUSER and PGPASSWORD without one)',
  ],
  [
    /no pg_hba\.conf entry.*no encryption/,
    'the server wants TLS: add ?sslmode=verify-full to the URL, or allow this host in its pg_hba.conf',
  ],
  [/no pg_hba\.conf entry/, 'allow this host, user and database in the server’s pg_hba.conf'],
  [/^28000/, 'check the user, and what the server’s pg_hba.conf allows it'],
  [/^3D000/, 'create the database, or name another one in the URL'],
  [
    /^42501/,
    'GRANT CREATE ON DATABASE … TO the user, or make the schema for it: ' +
      `CREATE SCHEMA ${DEFAULT_SCHEMA} AUTHORIZATION …; ${PAGE}`,
  ],
  [/^(25006|0A000).*(read-only|recovery)/, 'this is a standby: name the primary'],
  [/^53300/, 'raise max_connections, or put PgBouncer before it'],
  [/^57P03/, 'wait until the server has started'],
  [
    /does not support SSL/,
    'the server has no TLS: switch it on there, or take sslmode and ssl out of what is configured here',
  ],
  [
    /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/,
    'nobody known here has signed the server’s certificate: name its authority by ?sslrootcert=… or ssl: { ca }',
  ],
  [/ALTNAME_INVALID/, 'the certificate is for another host: use the name that it bears'],
  [/CERT_HAS_EXPIRED/, 'the server’s certificate has expired: renew it'],
]

/** What to do about an error of a connection or of a server. */
export function cureOf(error: unknown): string {
  // Several addresses of one host that all refuse are one error, each with its own reason.
  const first = error instanceof AggregateError ? error.errors[0] : error
  const { code, message } = first as { readonly code?: unknown; readonly message?: unknown }
  const text = `${typeof code === 'string' ? `${code} ` : ''}${message}`
  const found = CURES.find(([sign]) => sign.test(text))
  return found?.[1] ?? PAGE
}
