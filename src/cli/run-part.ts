import { addressOf } from './address-of.ts'
import { type Ask, apiClient, apiTeller, type Tell } from './api-client.ts'
import type { Paper } from './card/table.ts'
import { EXIT_CODE } from './exit-code.ts'
import { type Found, outputPaper, printFound } from './found.ts'
import type { PlaceOptions } from './place.ts'

/** What a part of a command has to do with: the service, the word that stands after the part, its options. */
export interface Job<Options> {
  readonly ask: Ask
  readonly tell: Tell
  readonly subject: string
  readonly options: Options
  readonly paper: Paper
}

/** What each part of a command does, by its name. */
export type Parts<Options> = Readonly<Record<string, (job: Job<Options>) => Promise<Found>>>

/**
 * Runs one of the parts that `partsOf` added, and prints what it found. Gives the exit code.
 *
 * @throws YardstickError `YS_API_UNREACHABLE`, `YS_API_SEVERAL`, `YS_API_ANSWER`
 */
export async function runPart<Options extends PlaceOptions>(
  parts: Parts<Options>,
  part: string,
  subject: string,
  options: Options,
): Promise<number> {
  const { token = process.env.YARDSTICK_TOKEN } = options
  const { url } = await addressOf(options.url)
  const { ask, tell } = { ask: apiClient(url, token), tell: apiTeller(url, token) }
  printFound(await parts[part]!({ ask, tell, subject, options, paper: outputPaper() }), options)
  return EXIT_CODE.ok
}
