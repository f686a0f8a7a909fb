import type { Contestant } from '../interleave.ts'
import { bareAwait, bareBucket, bareBuckets, emptyLoop, twoClocks } from './floors.ts'
import { rivals } from './rivals.ts'
import * as yardstick from './yardstick.ts'

export interface Field {
  readonly base: Contestant
  readonly others: readonly Contestant[]
}

/** Everything that is compared, in the order it is shown; ready to be run. */
export async function field(): Promise<Field> {
  yardstick.warmUp()
  const others = [
    emptyLoop,
    bareBuckets,
    yardstick.record,
    yardstick.records,
    yardstick.recordByHandle,
    yardstick.recordByNames,
    ...(await rivals()),
    twoClocks,
    yardstick.timedFloor,
    yardstick.trackSync,
    yardstick.trackByNames,
    yardstick.startEnd,
    yardstick.trackInRequest,
    bareAwait,
    yardstick.trackAsync,
    yardstick.trackDatabase,
    yardstick.trackAsyncInRequest,
    yardstick.slowRequest,
  ]
  return { base: bareBucket, others }
}
