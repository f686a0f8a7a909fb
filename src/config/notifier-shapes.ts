import { z } from 'zod'
import { suggestion } from '../ground/suggestion.ts'
import * as field from './fields.ts'
import type { NotifierDraft, NotifierFields, NotifierKind } from './notifier-drafts.ts'
import type { Field, Group, Named, Shape } from './shape.ts'

const MOST_NOTIFIERS = 50

// Of http and https only: another scheme would be a way to files and sockets of this machine.
const url: Field<string> = {
  kind: 'field',
  schema: z
    .string()
    .max(2_000)
    .regex(/^https?:\/\/[^\s]+$/i)
    .refine((text) => URL.canParse(text)),
  expected: () => 'an address that starts with https:// or http://',
  fix: () => 'write the whole address',
  // Those of webhooks hold the secret.
  secret: true,
}

function secret(what: string, least: number): Field<string> {
  return {
    kind: 'field',
    schema: z
      .string()
      .min(least)
      .max(500)
      .regex(/^[^\p{Cc}]+$/u),
    expected: () => `${what} of ${least} to 500 characters`,
    fix: () => 'give it whole, best from an environment variable',
    secret: true,
  }
}

const headers: Field<Readonly<Record<string, string>>> = {
  kind: 'field',
  schema: z.record(
    z.string().regex(/^[\w-]{1,100}$/),
    z
      .string()
      .max(4_000)
      .regex(/^[\x20-\x7e]*$/),
  ),
  expected: () => 'headers as { name: "value" }, of printable characters',
  fix: () => 'write { authorization: "Bearer …" }',
  secret: true,
}

const address = 'an e-mail address'

/** What options each kind has, and which of them it cannot do without. */
export const NOTIFIER_SHAPES: Readonly<
  Record<NotifierKind, { readonly fields: Partial<Shape<NotifierFields>>; readonly needs: readonly Need[] }>
> = {
  slack: {
    fields: { url, token: secret('a token', 8), channel: field.name('a channel', 'C012AB3CD') },
    needs: [['url'], ['token', 'channel']],
  },
  email: {
    fields: {
      host: field.name('the name of an SMTP server', 'smtp.example'),
      port: field.number('a port', 1, 65_535, true),
      secure: field.flag,
      user: field.name('a user', 'yardstick'),
      password: secret('a password', 1),
      from: field.name(address, 'yardstick@shop.example'),
      to: field.names(address, 'oncall@shop.example'),
    },
    needs: [['host', 'from', 'to']],
  },
  webhook: { fields: { url, secret: secret('a secret', 16), headers }, needs: [['url']] },
  pagerduty: { fields: { routingKey: secret('a routing key', 16), url }, needs: [['routingKey']] },
  alertmanager: { fields: { url, headers }, needs: [['url']] },
}

/** Options that are needed together. */
type Need = readonly (keyof NotifierFields)[]

export const NOTIFIER_KINDS: readonly NotifierKind[] = Object.keys(NOTIFIER_SHAPES) as NotifierKind[]

const kind: Field<NotifierKind> = field.choice(NOTIFIER_KINDS, (input) =>
  typeof input === 'string' ? (suggestion(input, NOTIFIER_KINDS) as NotifierKind | undefined) : undefined,
)

export const notifiers: Named<NotifierDraft> = {
  kind: 'named',
  item: (value) => {
    const given = (value as { readonly kind?: unknown } | null)?.kind
    const known = NOTIFIER_KINDS.find((one) => one === given)
    // Of an unknown kind only that it is unknown is told, not that its options are.
    const fields = known === undefined ? ANY : NOTIFIER_SHAPES[known].fields
    const options: Group<NotifierFields> = {
      kind: 'group',
      shape: fields as Shape<NotifierFields>,
      expected: 'options of the notifier',
      fix: 'write { url: "https://…" }',
      secret: true,
    }
    return {
      kind: 'group',
      shape: { kind, options, ...options.shape },
      expected: 'a notifier',
      fix: FIX,
      secret: true,
    }
  },
  most: MOST_NOTIFIERS,
  expected: `at most ${MOST_NOTIFIERS} notifiers by name`,
  fix: 'write { oncall: { kind: "slack", url: "https://…" } }',
  secret: true,
}

const FIX = 'write { kind: "slack", url: "https://…" }'
const ANY: Partial<Shape<NotifierFields>> = Object.assign(
  {},
  ...NOTIFIER_KINDS.map((one) => NOTIFIER_SHAPES[one].fields),
)
