import { z } from 'zod'
import { GONE_MS } from '../../engine/concurrency.ts'
import type { Member } from '../../engine/snapshot.ts'
import { ms } from '../../ground/decimals.ts'
import { iso } from '../../ground/instant.ts'
import { runtimeReport } from '../../report/runtime.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { windowHead, windowHeadShape } from '../head.ts'
import { processJson, processSchema, runtimeJson, runtimeSchema } from '../runtime-json.ts'
import { count, instant, milliseconds, named } from '../schemas.ts'

const instance = z.strictObject({
  instance: z.string(),
  host: z.string(),
  pid: count,
  process: processSchema.nullable(),
})

const blockedStack = z
  .strictObject({
    timestamp: instant.describe('When the main thread ran last before.'),
    after_ms: milliseconds.describe('How long it had stood still when it was asked.'),
    frames: z
      .array(z.strictObject({ function: z.string(), place: z.string() }))
      .describe('The innermost first, at most 30.'),
  })
  .register(named, { id: 'BlockedStack' })

export const runtime: Endpoint = endpoint({
  path: '/runtime',
  name: 'runtime',
  summary: 'Event loops, garbage collection, memory and CPU',
  description:
    'Of the window and all instances together how long their event loops made work wait and how long collections ' +
    'took; of each instance that saved anything in the last 30 s its last minute, the one whose loop delays most first.',
  windowed: true,
  response: z
    .strictObject({
      ...windowHeadShape,
      runtime: runtimeSchema,
      instances: z.array(instance),
      blocked_stacks: z
        .array(blockedStack)
        .nullable()
        .describe(
          'Of the process that answers, the latest first, at most 20; null unless `runtime` is `stacks`.',
        ),
    })
    .register(named, { id: 'RuntimeAnswer' }),
  answer: ({ snapshot, settings, window: ask }) => {
    const window = ask()
    const running = snapshot.instances.filter(({ seenMs }) => seenMs >= snapshot.atMs - GONE_MS)
    return {
      ...windowHead(snapshot, window),
      runtime: runtimeJson(runtimeReport(window)),
      instances: running.toSorted(worseFirst).map(({ instance, host, pid, runtime }) => ({
        ...{ instance, host, pid },
        process: runtime === undefined ? null : processJson(runtime),
      })),
      blocked_stacks:
        settings.blockedStacks?.map(({ atMs, afterMs, frames }) => ({
          ...{ timestamp: iso(atMs), after_ms: ms(afterMs) },
          frames: frames.map(({ function: name, place }) => ({ function: name, place })),
        })) ?? null,
    }
  },
})

function worseFirst({ runtime: one }: Member, { runtime: other }: Member): number {
  return (other?.delayP99Ms ?? -1) - (one?.delayP99Ms ?? -1)
}
