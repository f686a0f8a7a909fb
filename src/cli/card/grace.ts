import { formatDuration } from '../../ground/duration.ts'
import type { Json } from './json.ts'

/**
 * Why no alert is to be expected yet, of an answer that lists alerts; empty when there is no such reason.
 *
 * @example 'Nothing new fires for 1.5 min: grace after a start'
 */
export function graceText(answer: Json): string {
  const grace = answer.at('grace')
  const leftMs = Date.parse(grace.at('until').text()) - Date.parse(answer.at('timestamp').text())
  if (!(leftMs > 0)) return ''
  const name = grace.at('name').text()
  const after = grace.at('reason').text() === 'change' ? `the change${name && ` "${name}"`}` : 'a start'
  return `Nothing new fires for ${formatDuration(leftMs)}: grace after ${after}`
}
