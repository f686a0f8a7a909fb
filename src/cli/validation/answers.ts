import type { z } from 'zod'
import type { Endpoint } from '../../api/endpoint.ts'
import { ENDPOINTS } from '../../api/endpoints.ts'
import { WINDOW_NAMES } from '../../measure/window.ts'
import type { Ask } from '../api-client.ts'
import { type Check, failed, passed } from './check.ts'

/** Validating reads only, and no id of an alert is known. */
const READABLE = ENDPOINTS.filter(({ method, path }) => method === 'GET' && !path.includes(':'))

/** Every endpoint, in every window: whether it answers, and as its schema says. */
export async function answerChecks(ask: Ask): Promise<readonly Check[]> {
  const checks: Check[] = []
  // Of a service that is gone the same is true of all that are left: that is said once.
  const failures = new Map<string, string[]>()
  for (const endpoint of READABLE) {
    const { name, windowed } = endpoint
    const problem = await problemOf(ask, endpoint)
    if (problem !== undefined) failures.set(problem, [...(failures.get(problem) ?? []), name])
    else checks.push(passed(expected([name]), windowed ? `in ${WINDOW_NAMES.length} windows` : ''))
  }
  return [...checks, ...[...failures].map(([problem, names]) => failed(expected(names), problem))]
}

function expected(names: readonly string[]): string {
  return names.length === 1
    ? `${names[0]} answers, and as its schema says`
    : `${names.slice(0, -1).join(', ')} and ${names.at(-1)} answer, and as their schemas say`
}

async function problemOf(ask: Ask, { path, windowed, response }: Endpoint): Promise<string | undefined> {
  for (const window of windowed ? WINDOW_NAMES : [undefined]) {
    try {
      const answer = await ask(path.slice(1), window === undefined ? {} : { window })
      const { success, error } = response.safeParse(answer)
      if (!success) return issues(error)
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
  return undefined
}

const MOST = 3

function issues(error: z.ZodError): string {
  const all = error.issues.map(({ path, message }) => `${path.join('.') || 'the answer'}: ${message}`)
  const more = all.length > MOST ? [`and ${all.length - MOST} more`] : []
  return [...all.slice(0, MOST), ...more].join('; ')
}
