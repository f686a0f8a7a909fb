import type { Snapshot } from '../snapshot.ts'
import type { Store } from '../store.ts'
import type { Standing } from './lease.ts'

/** Whose figures an instance of this standing has. */
export function coverageOf({ name, shared }: Store, standing: Standing): Snapshot['coverage'] {
  if (!shared) return { kind: 'instance', reason: `the store ${name} is of this process alone` }
  switch (standing.kind) {
    case 'holder':
      return { kind: 'service' }
    case 'member':
      return { kind: 'instance', reason: 'another instance judges, and what it sees could not be read' }
    case 'cut_off':
      return { kind: 'instance', reason: 'the store is out of reach' }
  }
}
