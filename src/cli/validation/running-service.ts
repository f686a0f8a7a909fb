import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../ground/clock.ts'
import { type Ask, apiClient } from '../api-client.ts'
import { Json } from '../card/json.ts'
import { answerChecks } from './answers.ts'
import { type Check, failed, noted, passed, type Section } from './check.ts'
import { measuredChecks, recorderChecks } from './coverage.ts'

const PATIENCE_MS = 5_000
const PAUSE_MS = 250

/**
 * Checks a service that runs, without touching it: sends nothing but questions to its API.
 *
 * @throws YardstickError `YS_API_UNREACHABLE`, `YS_API_ANSWER` when the first question has no answer
 */
export async function* runningService(
  url: string,
  token: string | undefined,
  version: string,
): AsyncGenerator<Section> {
  const ask = apiClient(url, token)
  const self = await ask('self')
  yield { title: 'The service', checks: [...about(self, version), await cycleCheck(ask, self)] }
  const api = await answerChecks(ask)
  yield { title: 'The API', checks: api }
  const figures = await Promise.all([
    ask('metrics', { window: '1hour' }),
    ask('prd-compliance', { window: '1hour' }),
  ]).catch((error: Error) => {
    if (!api.some(({ detail }) => detail === error.message)) throw error
  })
  // Why there are none was said above.
  if (figures === undefined) return
  yield {
    title: 'What is measured',
    checks: [...recorderChecks(self), ...measuredChecks(...figures)],
  }
}

function about(self: unknown, version: string): readonly Check[] {
  const json = new Json(self)
  const theirs = json.at('version').text()
  const what = `${json.at('service').text() || 'it'} answers`
  const facts = `pid ${json.at('pid').count()} on Node.js ${json.at('node').text().replace(/^v/, '')}`
  return [
    passed(what, facts),
    theirs === version
      ? passed('its Yardstick is of our version', version)
      : noted(
          `its Yardstick is ${theirs || 'of an unknown version'}, ours ${version}`,
          'answers may differ in form',
        ),
    storeCheck(json),
    lossCheck(json),
  ]
}

function storeCheck(json: Json): Check {
  const store = json.at('store')
  const name = store.at('name').text()
  if (store.at('state').value === 'failing') {
    return failed(
      'figures are kept',
      `${name} fails: ${store.at('last_error').text()}; ${store.at('queued').count()} batches wait`,
    )
  }
  return name === 'memory' || store.at('state').value === 'off'
    ? noted('figures are kept in memory', 'a restart forgets them')
    : passed('figures are kept', name)
}

function lossCheck(json: Json): Check {
  const what = 'nothing was left out, and no error of its own swallowed'
  const counts = [
    ...json.at('dropped').entries(),
    ['series folded into (other)', json.at('series').at('folded')] as const,
  ]
  const losses = counts
    .filter(([, count]) => count.count() > 0)
    .map(([name, count]) => `${count.count()} ${name}`)
  const errors = json
    .at('recent_errors')
    .list()
    .map((error) => error.text())
  return losses.length === 0 ? passed(what) : failed(what, [...losses, ...errors].join('; '))
}

/** Whether the engine goes on working. */
async function cycleCheck(ask: Ask, self: unknown): Promise<Check> {
  const before = new Json(self).at('cycle').count()
  const deadlineMs = systemClock.monotonicMs() + PATIENCE_MS
  while (systemClock.monotonicMs() < deadlineMs) {
    const now = new Json(await ask('self')).at('cycle').count()
    if (now > before) return passed('it makes new figures every second')
    await sleep(PAUSE_MS)
  }
  return failed('it makes new figures every second', `none in ${PATIENCE_MS / 1000} s`)
}
