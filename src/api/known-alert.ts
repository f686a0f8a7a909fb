import { type AlertHistory, alertHistory } from '../alerts/history.ts'
import type { Ask } from './endpoint.ts'
import { Refusal } from './refusal.ts'

const LONG_MS = 400 * 86_400_000

/**
 * The alert that the path names, and what happened to it.
 *
 * @throws Refusal `not-found` when no event tells of it
 */
export async function knownAlert({ desk, snapshot, watch, part }: Ask): Promise<AlertHistory> {
  const id = part('id')
  const span = { fromMs: snapshot.atMs - LONG_MS, toMs: Number.MAX_SAFE_INTEGER }
  const found = alertHistory(await desk.events(span), await desk.outcomes(span)).find(
    ({ alert }) => alert.id === id,
  )
  const now = watch.book.alert(id)
  if (now === undefined || now.state === 'pending') {
    if (found !== undefined) return found
    throw new Refusal('not-found', 'No alert of this id is known; alerts?status=all lists those that are.')
  }
  return { alert: now, timeline: found?.timeline ?? [] }
}
