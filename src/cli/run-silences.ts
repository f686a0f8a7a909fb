import { type Ask, apiClient, apiTeller, type Tell } from './api-client.ts'
import { Json } from './card/json.ts'
import { readSilence, silenceLines } from './card/silences.ts'
import type { Paper } from './card/table.ts'
import { EXIT_CODE } from './exit-code.ts'
import { type Found, outputPaper, printFound } from './found.ts'
import type { PlaceOptions } from './place.ts'
import { bodyOf, inOptions, type SilenceOptions } from './silence-options.ts'
import { whoIs } from './who-is.ts'

export type SilencesOptions = PlaceOptions & SilenceOptions

interface Job {
  readonly ask: Ask
  readonly tell: Tell
  readonly subject: string
  readonly options: SilenceOptions
  readonly paper: Paper
}

const PARTS: Readonly<Record<string, (job: Job) => Promise<Found>>> = {
  list: async ({ ask, paper }) => {
    const json = await ask('silences')
    const silences = new Json(json).at('silences').list()
    const lines = silences.flatMap((silence) => silenceLines(readSilence(silence), paper))
    return { json, lines: silences.length === 0 ? ['nothing is silenced'] : lines }
  },
  add: async ({ tell, options, paper }) => {
    const json = await tell('POST', 'silences', bodyOf(options)).catch((error: unknown) => {
      throw inOptions(error, options)
    })
    return { json, lines: silenceLines(readSilence(new Json(json)), paper) }
  },
  end: async ({ tell, subject, options, paper }) => {
    const json = await tell('DELETE', `silences/${encodeURIComponent(subject)}`, { by: whoIs(options) })
    return { json, lines: silenceLines({ ...readSilence(new Json(json)), state: 'ended' }, paper) }
  },
}

/**
 * Runs one part of `yardstick silences`. Gives the exit code.
 *
 * @throws YardstickError `YS_API_UNREACHABLE`, `YS_API_ANSWER`
 */
export async function runSilences(part: string, subject: string, options: SilencesOptions): Promise<number> {
  const { url, token = process.env.YARDSTICK_TOKEN } = options
  const { ask, tell } = { ask: apiClient(url, token), tell: apiTeller(url, token) }
  printFound(await PARTS[part]!({ ask, tell, subject, options, paper: outputPaper() }), options)
  return EXIT_CODE.ok
}
