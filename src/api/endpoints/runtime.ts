import { z } from 'zod'
import type { Member } from '../../engine/members.ts'
import { runtimeReport } from '../../report/runtime.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { windowHead, windowHeadShape } from '../head.ts'
import { processJson, processSchema, runtimeJson, runtimeSchema } from '../runtime-json.ts'
import { count, named } from '../schemas.ts'

const instance = z.strictObject({
  instance: z.string(),
  host: z.string(),
  pid: count,
  process: processSchema.nullable(),
})

export const runtime: Endpoint = endpoint({
  path: '/runtime',
  name: 'runtime',
  summary: 'Event loops, garbage collection, memory and CPU',
  description:
    'Of the window and all instances together how long their event loops made work wait and how long collections ' +
    'took; of each instance its last minute, the one whose loop delays most first.',
  windowed: true,
  response: z
    .strictObject({ ...windowHeadShape, runtime: runtimeSchema, instances: z.array(instance) })
    .register(named, { id: 'RuntimeAnswer' }),
  answer: ({ snapshot, window: ask }) => {
    const window = ask()
    return {
      ...windowHead(snapshot, window),
      runtime: runtimeJson(runtimeReport(window)),
      instances: snapshot.instances.toSorted(worseFirst).map(({ instance, host, pid, runtime }) => ({
        ...{ instance, host, pid },
        process: runtime === undefined ? null : processJson(runtime),
      })),
    }
  },
})

function worseFirst({ runtime: one }: Member, { runtime: other }: Member): number {
  return (other?.delayP99Ms ?? -1) - (one?.delayP99Ms ?? -1)
}
