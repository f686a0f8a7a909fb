import { remarked } from '../../alerts/remarked.ts'
import { hung, padded } from './columns.ts'
import { painted } from './ink.ts'
import type { Json } from './json.ts'
import type { Paper } from './table.ts'

/** A silence as an answer of the API has it. */
export interface SilenceData {
  readonly id: string
  readonly state: 'active' | 'to come' | 'ended'
  /** Which alerts, in words: `request`, `WARNING`. */
  readonly match: readonly string[]
  readonly from: string
  readonly until: string
  readonly by: string
  readonly comment: string
  /** Empty while it is not over. */
  readonly ended: string
  readonly endedBy: string
}

const STATE_COLUMNS = 'to come'.length

/** Parts of a matcher that need a word before what they name. */
const WORDS: Readonly<Record<string, string>> = {
  components: 'component ',
  policies: 'policy ',
  alerts: 'alert ',
}

export function readSilence(json: Json): SilenceData {
  const ended = json.at('ended').text()
  return {
    id: json.at('id').text(),
    state: ended !== '' ? 'ended' : json.at('active').value === true ? 'active' : 'to come',
    match: json
      .at('match')
      .entries()
      .map(([part, names]) => {
        const meant = names.list().map((name) => name.text())
        return `${WORDS[part] ?? ''}${meant.join(' or ')}`
      }),
    from: json.at('from').text(),
    until: json.at('until').text(),
    by: json.at('by').text(),
    comment: json.at('comment').text(),
    ended,
    endedBy: json.at('ended_by').text(),
  }
}

/** One silence, and its id below: it is what `end` wants, and on the same line it would be cut off. */
export function silenceLines(silence: SilenceData, { width, color }: Paper): readonly string[] {
  const { id, state, match, from, until, by, comment, ended, endedBy } = silence
  const pieces = [
    match.length === 0 ? 'all alerts' : match.join(', '),
    ...(state === 'to come' ? [`from ${secondOf(from)}`] : []),
    ...(state === 'ended' ? [`at ${secondOf(ended)} by ${endedBy}`] : []),
    `${state === 'ended' ? 'was ' : ''}until ${secondOf(until)}`,
    remarked(`by ${by}`, comment),
  ]
  const lead = padded(state, STATE_COLUMNS, 'start')
  const [first = '', ...more] = hung(`${lead}  `, pieces, width, ' · ')
  const ink = state === 'active' ? 'fair' : 'faint'
  return [
    painted(lead, ink, color) + first.slice(lead.length),
    ...more,
    `${' '.repeat(STATE_COLUMNS + 2)}${id}`,
  ]
}

function secondOf(instant: string): string {
  return `${instant.slice(0, 19)}Z`
}
