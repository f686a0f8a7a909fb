const COUNT = 4096
let seed = 1

/** To wrap an index into the arrays below. */
export const MASK: number = COUNT - 1

/**
 * What every contestant records, in turn: log-normal around 4 ms, as service times are. Made by a fixed generator,
 * so that every run has the same ones.
 */
export const durationsMs: Float64Array = Float64Array.from(
  { length: COUNT },
  () => 4 * Math.exp(0.8 * normal()),
)
/** The same for contestants that take whole numbers only. */
export const durationsUs: Float64Array = durationsMs.map((ms) => Math.max(1, Math.round(ms * 1000)))
export const durationsNs: Float64Array = durationsMs.map((ms) => Math.max(1, Math.round(ms * 1e6)))

function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Mulberry32. */
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
