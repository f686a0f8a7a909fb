import { Json } from './card/json.ts'
import { readSilence, silenceLines } from './card/silences.ts'
import type { PlaceOptions } from './place.ts'
import { type Parts, runPart } from './run-part.ts'
import { bodyOf, inOptions, type SilenceOptions } from './silence-options.ts'
import { whoIs } from './who-is.ts'

export type SilencesOptions = PlaceOptions & SilenceOptions

const PARTS: Parts<SilencesOptions> = {
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
    return { json, lines: silenceLines(readSilence(new Json(json)), paper) }
  },
}

/** Runs one part of `yardstick silences`, as `runPart` does. */
export function runSilences(part: string, subject: string, options: SilencesOptions): Promise<number> {
  return runPart(PARTS, part, subject, options)
}
