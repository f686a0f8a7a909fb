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
  for (const endpoint of READABLE) checks.push(await answerCheck(ask, endpoint))
  return checks
}

async function answerCheck(ask: Ask, { path, name, windowed, response }: Endpoint): Promise<Check> {
  const what = `${name} answers, and as its schema says`
  for (const window of windowed ? WINDOW_NAMES : [undefined]) {
    try {
      const answer = await ask(path.slice(1), window === undefined ? {} : { window })
      const { success, error } = response.safeParse(answer)
      if (!success) return failed(what, issues(error))
    } catch (error) {
      return failed(what, error instanceof Error ? error.message : String(error))
    }
  }
  return passed(what, windowed ? `in ${WINDOW_NAMES.length} windows` : '')
}

const MOST = 3

function issues(error: z.ZodError): string {
  const all = error.issues.map(({ path, message }) => `${path.join('.') || 'the answer'}: ${message}`)
  const more = all.length > MOST ? [`and ${all.length - MOST} more`] : []
  return [...all.slice(0, MOST), ...more].join('; ')
}
