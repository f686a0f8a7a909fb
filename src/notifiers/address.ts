import { YardstickError } from '../ground/errors.ts'
import { WITHHELD } from '../ground/withheld.ts'

/**
 * The address that a notifier sends to.
 *
 * @throws YardstickError `YS_NOTIFIER` if it is none of http or https; the message does not repeat it
 */
export function addressOf(url: string, notifier: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined
  if (address?.protocol === 'https:' || address?.protocol === 'http:') return address
  const came = address === undefined ? WITHHELD : `one that starts with ${address.protocol}`
  throw new YardstickError(
    'YS_NOTIFIER',
    `Notifier "${notifier}": expected an address that starts with https:// or http://, got ${came}. Set its url.`,
  )
}

/** What of an address must not be seen: all but protocol and host. */
export function secretsOf({ pathname, search, username, password, hash }: URL): readonly string[] {
  const steps = pathname.split('/').filter((step) => step.length >= 8)
  return [pathname, ...steps, search, hash, username, decoded(username), password, decoded(password)].filter(
    (secret) => secret.length > 3,
  )
}

/** A part of an address as it was meant; as it stands where it is not well encoded. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
