import type { Profiler } from 'node:inspector/promises'

const FEWEST = 0.005

/**
 * What share of the cycles' time each thing took that `Engine.cycle` calls, the longest first. Of functions that call
 * one another through getters and closures the profile knows the first named one.
 */
export function partsOf(profile: Profiler.Profile): readonly (readonly [part: string, share: number])[] {
  const byId = new Map(profile.nodes.map((node) => [node.id, node]))
  const own = new Map<number, number>()
  for (const [i, id] of (profile.samples ?? []).entries()) {
    own.set(id, (own.get(id) ?? 0) + (profile.timeDeltas?.[i] ?? 0))
  }
  const whole = (id: number): number =>
    (byId.get(id)?.children ?? []).reduce((sum, child) => sum + whole(child), own.get(id) ?? 0)

  const parts = new Map<string, number>()
  let sum = 0
  for (const node of profile.nodes) {
    const { functionName, url } = node.callFrame
    if (functionName !== 'cycle' || !/engine\/engine\.[jt]s$/.test(url)) continue
    sum += whole(node.id)
    for (const child of node.children ?? []) {
      const { callFrame } = byId.get(child)!
      const file = /[^/]+\/[^/]+(?=\.[jt]s$)/.exec(callFrame.url)?.[0] ?? 'node'
      const name = `${file} ${callFrame.functionName || '(anonymous)'}`
      parts.set(name, (parts.get(name) ?? 0) + whole(child))
    }
  }
  return [...parts]
    .map(([name, us]) => [name, us / sum] as const)
    .filter(([, share]) => share >= FEWEST)
    .sort(([, one], [, other]) => other - one)
}
