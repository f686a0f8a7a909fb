import assert from 'node:assert/strict'
import { inspect } from 'node:util'

/** What is planted wherever a notifier may hold a secret, to be looked for in all that it says. */
export const SECRETS = {
  path: 'CANARY-path-5f1e',
  user: 'CANARY-user-77ab',
  password: 'CANARY p@ss/word:9c2d',
  token: 'CANARY-token-e04b',
  header: 'CANARY-header-b81c',
} as const

/** The thing as a logger, an API and a careless template would show it. */
export function holdsNoSecret(thing: unknown): void {
  const stack = thing instanceof Error ? thing.stack : ''
  const shown = [
    inspect(thing, { depth: 12, showHidden: true, getters: true }),
    JSON.stringify(thing),
    JSON.stringify(thing, Object.getOwnPropertyNames(Object(thing))),
    String(thing),
    stack,
  ].join('\n')
  for (const secret of Object.values(SECRETS)) {
    const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '')
    for (const form of [secret, encodeURIComponent(secret), base64]) {
      assert.ok(!shown.includes(form), `${form} shows in:\n${shown}`)
    }
  }
  // The log-ins as they are really sent.
  for (const login of [`${SECRETS.user}:${SECRETS.password}`, `\0${SECRETS.user}\0${SECRETS.password}`]) {
    assert.ok(!shown.includes(Buffer.from(login).toString('base64')), `a log-in shows in:\n${shown}`)
  }
}
