import type { Json } from '../card/json.ts'
import type { Remark } from './finding.ts'

/** A service may be several programs, with libraries of their own: none of them knows what the others have met. */
export function otherProcesses(self: Json, runtime: Json): readonly Remark[] {
  const pid = self.at('pid').count()
  const pids = runtime
    .at('instances')
    .list()
    .map((each) => each.at('pid').count())
  // In containers each may be process 1; one that has just started is not among them yet.
  const others = pids.length - (pids.includes(pid) ? 1 : 0)
  if (others === 0) return []
  return [
    {
      what: `this is by one process (pid ${pid}); others of the service: ${others}`,
      cure: 'What it has not seen they may use: each that has a port answers for itself (--url).',
    },
  ]
}
