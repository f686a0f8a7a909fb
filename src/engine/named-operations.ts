import { YardstickError } from '../ground/errors.ts'
import { SafeMap } from '../ground/safe-map.ts'
import type { Ledger } from '../measure/ledger.ts'
import type { Operation } from '../measure/operation.ts'
import { queryNames } from '../measure/query-names.ts'
import { OTHER } from '../measure/series-name.ts'
import { shown } from './shown.ts'
import type { DatabaseOptions } from './tracking.ts'

/** Queries, each with a table or without one, that are remembered; any more are put together anew at every call. */
const MOST_REMEMBERED = 1000
const names = queryNames()

/** A query by its name, and the table that it was first asked of: mostly the only one. */
interface NamedQuery {
  readonly table: string | undefined
  readonly operation: Operation
  readonly others: Map<string | undefined, Operation>
}

/**
 * Operations by the names that the application gives, whatever those are: what could not be understood is `(other)`, and
 * told to the ledger.
 */
export class NamedOperations {
  readonly #ledger: Ledger
  readonly #queries = new SafeMap<string, NamedQuery>()
  #count = 0

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  find(component: unknown, name: unknown): Operation {
    if (isName(component) && isName(name)) return this.#ledger.operation(component, name)
    this.#ledger.swallow('record', badName(component, name))
    return this.#ledger.operation(isName(component) ? component : OTHER, isName(name) ? name : OTHER)
  }

  /** @throws YardstickError `YS_NAME` when component or name is no text or empty */
  demand(component: string, name: string): Operation {
    if (!isName(component) || !isName(name)) {
      const cure = `Give both, as in ys.operation('pricing', 'quote').`
      throw new YardstickError('YS_NAME', `${badName(component, name)}. ${cure}`)
    }
    return this.#ledger.operation(component, name)
  }

  ofQuery(options: DatabaseOptions | null | undefined): Operation {
    let query: unknown
    let table: string | undefined
    try {
      query = options?.query
      const given: unknown = options?.table
      if (isName(given)) table = given
    } catch {
      this.unreadable('database')
    }
    const known = this.#queries.get(query as string)
    if (known !== undefined) {
      if (known.table === table) return known.operation
      const other = known.others.get(table)
      if (other !== undefined) return other
    }
    if (!isName(query)) {
      this.#ledger.swallow('database', `expected query to be a text that is not empty, got ${shown(query)}`)
      return this.#ledger.operation('database', OTHER)
    }
    const name = names.name(query)
    if (name !== query) return this.#ledger.operation('database', name)
    return this.#remembered(name, table)
  }

  /** A getter or a proxy of the application's threw. */
  unreadable(where: string): void {
    this.#ledger.swallow(where, 'the options could not be read')
  }

  /** By both names, because joining them at every call cost twice what the look-up does. */
  #remembered(name: string, table: string | undefined): Operation {
    const operation = this.#ledger.operation('database', table === undefined ? name : `${name} ${table}`)
    if (this.#count >= MOST_REMEMBERED) return operation
    this.#count++
    const known = this.#queries.get(name)
    if (known === undefined) this.#queries.set(name, { table, operation, others: new SafeMap() })
    else known.others.set(table, operation)
    return operation
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function badName(component: unknown, name: unknown): string {
  return `expected component and name to be texts that are not empty, got ${shown(component)} and ${shown(name)}`
}
