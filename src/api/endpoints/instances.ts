import { z } from 'zod'
import type { Member } from '../../engine/snapshot.ts'
import { ms } from '../../ground/decimals.ts'
import { iso } from '../../ground/instant.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { head, headShape } from '../head.ts'
import { processJson, processSchema } from '../runtime-json.ts'
import { count, milliseconds, named, timestamp } from '../schemas.ts'

const instance = z
  .strictObject({
    instance: z.string().describe('New at every start of a process.'),
    host: z.string(),
    pid: count,
    node: z.string(),
    version: z.string().describe('Of Yardstick.'),
    started: timestamp,
    last_seen: timestamp.describe('End of what it saved last.'),
    lag_ms: milliseconds.describe(
      'From then until it was part of these figures; the answering process has none.',
    ),
    in_flight_requests: count,
    process: processSchema.nullable(),
  })
  .register(named, { id: 'Instance' })

export const instances: Endpoint = endpoint({
  path: '/instances',
  name: 'instances',
  summary: 'The processes of the service',
  description:
    'Every process that saved to the store within the last hour, the one whose figures these are first.',
  windowed: false,
  response: z
    .strictObject({ ...headShape, instances: z.array(instance), total: count })
    .register(named, { id: 'Instances' }),
  answer: ({ snapshot }) => ({
    ...head(snapshot),
    instances: snapshot.instances.map(instanceJson),
    total: snapshot.instances.length,
  }),
})

function instanceJson(member: Member): z.infer<typeof instance> {
  const { instance: id, host, pid, node, version, startedMs, seenMs, lagMs, inFlight, runtime } = member
  return {
    ...{ instance: id, host, pid, node, version },
    started: iso(startedMs),
    last_seen: iso(seenMs),
    lag_ms: ms(lagMs),
    in_flight_requests: inFlight,
    process: runtime === undefined ? null : processJson(runtime),
  }
}
