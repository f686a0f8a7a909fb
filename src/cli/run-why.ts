import { BETWEEN_WORDS } from '../ground/figure-space.ts'
import { addressOf } from './address-of.ts'
import { apiClient } from './api-client.ts'
import { hung } from './card/columns.ts'
import { Json } from './card/json.ts'
import { EXIT_CODE } from './exit-code.ts'
import type { PlaceOptions } from './place.ts'
import { printable } from './printable.ts'

/**
 * Prints why a target has an alert, or none. Gives the exit code.
 *
 * @throws YardstickError `YS_API_UNREACHABLE`, `YS_API_SEVERAL`, `YS_API_ANSWER`
 */
export async function runWhy(target: string, options: PlaceOptions): Promise<number> {
  const { url } = await addressOf(options.url)
  const ask = apiClient(url, options.token ?? process.env.YARDSTICK_TOKEN)
  const answer = await ask('alerts/why', { target })
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(answer, undefined, 2)}\n`)
    return EXIT_CODE.ok
  }
  const found = new Json(answer).at('why').list()
  const texts = found.map(({ value }) => {
    const text = (value as { readonly text?: unknown }).text
    return typeof text === 'string' ? text.split('\n').flatMap(lines).join('\n') : ''
  })
  const nothing = `${printable(target)}: no policy watches it, so nothing ever fires`
  process.stdout.write(`${texts.length === 0 ? nothing : texts.join('\n\n')}\n`)
  return EXIT_CODE.ok
}

/** A condition in lines of the terminal's width, the words below each other; in a pipe it stays one. */
function lines(line: string): string[] {
  const { isTTY, columns } = process.stdout
  if (!isTTY) return [printable(line)]
  const [, lead = '', text = ''] = /^( *(?:(?:yes|no) +)?)(.*)$/.exec(printable(line)) ?? []
  return hung(lead, text.split(BETWEEN_WORDS), columns || 80, ' ')
}
