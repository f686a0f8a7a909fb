import type { FiringAlert } from '../alerts/alert.ts'
import type { Ask } from './endpoint.ts'
import { Refusal } from './refusal.ts'

/**
 * The alert that the path names, which fires.
 *
 * @throws Refusal `not-found`; `conflict` when it does not fire any more
 */
export function firingAlert({ watch, part }: Pick<Ask, 'watch' | 'part'>): FiringAlert {
  const alert = watch.book.alert(part('id'))
  if (alert?.state === 'firing') return alert
  if (alert === undefined)
    throw new Refusal('not-found', 'No alert of this id is open; alerts lists those that are.')
  throw new Refusal('conflict', `Expected an alert that fires; this one is ${alert.state}.`)
}
