import type { YardstickError } from '../ground/errors.ts'
import { SliceSum } from '../measure/slice-sum.ts'
import { unreadable } from './seal.ts'

/** Hears of stored bytes that cannot be read; they are left out, since one bad row must not hide the others. */
export type OnBad = (error: YardstickError) => void

/** Stored slices added up by series. */
export function storedSum(onBad: OnBad): SliceSum {
  return new SliceSum((error) => onBad(unreadable('stored counts', error)))
}
