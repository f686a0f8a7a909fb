import { formatDuration } from '../../ground/duration.ts'
import { formatCount } from '../../targets/reason.ts'
import { flowed, wrapped } from './columns.ts'
import type { RuntimeData } from './data.ts'
import { painted } from './ink.ts'
import type { Paper } from './table.ts'
import { durationText } from './wording.ts'

/** One line on event loop and garbage collection, and why requests take longer than they seem to. */
export function runtimeLines(runtime: RuntimeData | null, { width, color }: Paper): string[] {
  if (runtime === null) return []
  const { p99Ms, maxMs, blocked, collections, gcMs, understated } = runtime
  const pieces = [
    `Event loop: p99 ${durationText(p99Ms)}`,
    `longest ${durationText(maxMs)}`,
    ...(blocked === 0 ? [] : [`blocked ${formatCount(blocked)} ${blocked === 1 ? 'time' : 'times'}`]),
    `${formatCount(collections)} ${collections === 1 ? 'collection' : 'collections'}, ${formatDuration(gcMs)}`,
  ]
  const warning = wrapped(understated, width).map((line) => painted(line, 'fair', color))
  return [...flowed(pieces, width, ''), ...warning]
}
