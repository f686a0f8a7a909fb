import { SafeSet } from '../../ground/safe-map.ts'
import type { Ledger } from '../../measure/ledger.ts'
import type { Operation } from '../../measure/operation.ts'
import { OTHER } from '../../measure/series-name.ts'

const GRAPHQL = 'graphql'
/** Clients choose the names of their operations; beyond these, those of a type share one. */
const NAMES = 100
/** Fields that tell an operation without a name. */
const FIELDS = 3
/** A fragment of a document that was never validated may spread itself. */
const DEPTH = 5

interface Name {
  readonly value: string
}

export interface Selection {
  readonly kind: string
  readonly name?: Name
  readonly selectionSet?: { readonly selections: readonly Selection[] }
}

/** An operation, or a fragment, of a document. */
interface Definition extends Selection {
  readonly operation?: string
}

/** What is asked of an executor, which finds out itself whether it makes sense. */
export interface ExecutionArguments {
  readonly document?: { readonly definitions: readonly Definition[] } | null
  readonly operationName?: string | null
}

/**
 * Operations of GraphQL by type and name, `query Users`; those without a name by the fields that they ask for at the top,
 * `query { posts users }`. Never an argument, a variable or an alias: those may hold what a client has put there.
 */
export class Operations {
  readonly #ledger: Ledger
  readonly #names = new SafeSet<string>()
  /** Servers keep the documents that they have parsed. */
  readonly #known = new WeakMap<object, Operation>()

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** `undefined` where the document does not hold the operation: then nothing is executed. */
  find(asked: ExecutionArguments): Operation | undefined {
    const definition = definitionOf(asked)
    if (definition === undefined) return undefined
    const known = this.#known.get(definition)
    if (known !== undefined) return known
    const operation = this.#ledger.primitive(GRAPHQL, this.#bounded(definition, asked.document!.definitions))
    this.#known.set(definition, operation)
    return operation
  }

  #bounded(definition: Definition, all: readonly Definition[]): string {
    const name = `${definition.operation} ${definition.name?.value ?? fieldsOf(definition, all)}`
    if (!this.#names.has(name)) {
      if (this.#names.size >= NAMES) return `${definition.operation} ${OTHER}`
      this.#names.add(name)
    }
    return name
  }
}

/** The one that is asked for; without a name there has to be but one. */
export function definitionOf(asked: ExecutionArguments | undefined): Definition | undefined {
  const all = asked?.document?.definitions
  if (!Array.isArray(all)) return undefined
  const name = asked?.operationName ?? undefined
  let found: Definition | undefined
  for (const each of all as readonly Definition[]) {
    if (each.operation === undefined) continue
    if (name !== undefined) {
      if (each.name?.value === name) return each
    } else if (found !== undefined) return undefined
    else found = each
  }
  return found
}

function fieldsOf(definition: Definition, all: readonly Definition[]): string {
  const fields = new Set<string>()
  gather(definition, all, fields, 0)
  const shown = [...fields].sort()
  return `{ ${shown.slice(0, FIELDS).join(' ')}${shown.length > FIELDS ? ' …' : ''} }`
}

function gather(from: Selection, all: readonly Definition[], into: Set<string>, depth: number): void {
  if (depth > DEPTH) return
  for (const each of from.selectionSet?.selections ?? []) {
    if (each.kind === 'Field') into.add(each.name!.value)
    else if (each.kind === 'InlineFragment') gather(each, all, into, depth + 1)
    else {
      const fragment = all.find(({ kind, name }) => {
        return kind === 'FragmentDefinition' && name?.value === each.name?.value
      })
      if (fragment !== undefined) gather(fragment, all, into, depth + 1)
    }
  }
}
