import { SafeSet } from '../ground/safe-map.ts'
import {
  CLAUSES,
  OBJECTS,
  SET_OPERATORS,
  STATEMENTS,
  type Statement,
  WITH_BODY,
  words,
} from './sql-keywords.ts'
import { sqlName } from './sql-name.ts'
import type { SqlToken } from './sql-scanner.ts'

/** What the next name would be. `paren` is a table that a parenthesis cannot begin. */
type Expected =
  | 'nothing'
  | 'kind'
  | 'object'
  | 'thing'
  | 'routine'
  | 'cte'
  | 'target'
  | 'source'
  | 'paren'
  | 'into'

/** Words that can stand before the name without being it. */
const NOISE: Readonly<Partial<Record<Expected, ReadonlySet<string>>>> = {
  object: words('IF NOT EXISTS CONCURRENTLY ONLY ON'),
  thing: words('TABLE TABLES ONLY MATERIALIZED VIEW CONCURRENTLY VERBOSE FULL FREEZE ANALYZE LOCAL INDEX'),
  target: words(
    'INTO IGNORE LOW_PRIORITY HIGH_PRIORITY DELAYED QUICK OR REPLACE ABORT FAIL ROLLBACK ONLY TOP',
  ),
  source: words('ONLY LATERAL'),
  into: words('TABLE TEMP TEMPORARY UNLOGGED OUTFILE DUMPFILE'),
  cte: words('RECURSIVE'),
}

const TARGETED: ReadonlySet<Statement> = new SafeSet(['insert', 'update', 'delete', 'merge'])

const LONGEST_KEYWORD = 20

// What a parenthesis' level is in the middle of.
/** A query: FROM and JOIN bring tables. */
const QUERY = 1
/** Its list of tables: so do commas. */
const LIST = 2
/** DELETE or MERGE: so does USING. */
const USING = 4
/** Names for queries that come before the statement. */
const WITH = 8
/** The statement's table comes after this parenthesis. */
const RESUME = 16

/**
 * The operations and their tables, token by token, in the order in which they are written:
 * `INSERT archive SELECT orders`. Names that a query gives to its own parts are left out.
 */
export class SqlSummary {
  readonly #limit: number
  readonly #bulk: boolean
  #inserting = false
  #parts: string[] = []
  #length = -1
  #full = false
  #level = 0
  #above: number[] = []
  #expected: Expected = 'nothing'
  /** The name that is being read, what it was expected as, and whether its last dot waits for more. */
  #name: string | undefined
  #naming: Expected = 'nothing'
  #dot = false
  #starting = true
  #explaining = false
  #joined = false
  #last = ''
  /** Nothing more counts: until the statement ends, or at all. */
  #closed: 'no' | 'list' | 'statement' | 'rest' = 'no'
  #dropping = false
  #body = false
  /** Where DELETE's own names begin: they are only aliases if FROM follows. */
  #undo = -1
  #aliases: Set<string> | undefined

  /**
   * @param limit length of the summary; what does not fit whole is left out, and all that follows
   * @param bulk whether an INSERT's values are too many to be read
   */
  constructor(limit: number, bulk = false) {
    this.#limit = limit
    this.#bulk = bulk
  }

  /** Whether a name can stand next that is not a column's. */
  get named(): boolean {
    return this.#dot || (this.#expected !== 'nothing' && this.#expected !== 'kind')
  }

  /** Nothing that follows can change the summary. */
  get complete(): boolean {
    return this.#full || this.#closed === 'rest'
  }

  text(): string {
    this.#finishName()
    return this.#parts.join(' ')
  }

  take(kind: SqlToken, slice: string): void {
    if (kind === 'blank' || kind === 'comment') return
    if (this.#name !== undefined && this.#continues(kind, slice)) return
    if (kind === 'symbol' && slice === ';') this.#end()
    else if (this.#closed !== 'no') this.#pass(slice)
    else if (kind === 'symbol') this.#symbol(slice)
    else if (kind === 'word') this.#word(slice)
    else this.#other(kind, slice)
  }

  #other(kind: SqlToken, slice: string): void {
    this.#last = ''
    if ((kind === 'quoted' || kind === 'double') && this.named) this.#begin(slice)
    // EXEC @result = procedure
    else if (this.#expected !== 'kind' && !(this.#expected === 'routine' && kind === 'parameter')) {
      this.#expected = 'nothing'
      this.#starting = this.#explaining
    }
  }

  /** Takes what belongs to the name that is being read; anything else ends it. */
  #continues(kind: SqlToken, slice: string): boolean {
    if (kind === 'symbol' && slice === '.') {
      // SQL Server leaves out the schema: shop..orders
      if (this.#dot) this.#name += '.'
      this.#dot = true
      return true
    }
    if (this.#dot && (kind === 'word' || kind === 'quoted' || kind === 'double')) {
      this.#name += `.${sqlName(slice)}`
      this.#dot = false
      return true
    }
    this.#finishName()
    return false
  }

  #begin(slice: string): void {
    this.#name = sqlName(slice)
    this.#naming = this.#expected
    this.#expected = 'nothing'
    this.#starting = false
  }

  #finishName(): void {
    const name = this.#name
    if (name === undefined) return
    this.#name = undefined
    this.#dot = false
    if (this.#naming === 'cte') {
      this.#aliases ??= new SafeSet()
      this.#aliases.add(name.toLowerCase())
      return
    }
    if (this.#aliases?.has(name.toLowerCase()) !== true) this.#push(name)
    if (this.#naming === 'routine') this.#closed = 'statement'
    else if (this.#naming === 'object' || this.#naming === 'thing') {
      this.#closed = this.#body ? 'rest' : this.#dropping ? 'list' : 'statement'
    }
  }

  #push(part: string): void {
    if (this.#full) return
    if (this.#length + 1 + part.length > this.#limit) {
      this.#full = true
      return
    }
    this.#parts.push(part)
    this.#length += 1 + part.length
  }

  /** Lets a token pass unread, but for the comma of DROP TABLE a, b. */
  #pass(slice: string): void {
    if (this.#closed !== 'list') return
    this.#closed = slice === ',' ? 'no' : 'statement'
    if (slice === ',') this.#expected = 'object'
  }

  #end(): void {
    if (this.#closed === 'rest') return
    this.#closed = 'no'
    this.#expected = 'nothing'
    this.#level = 0
    this.#above = []
    this.#undo = -1
    this.#starting = true
    this.#explaining = false
    this.#joined = false
    this.#aliases = undefined
  }

  #symbol(slice: string): void {
    if (slice === '(') this.#open()
    else if (slice === ')') this.#shut()
    else if (slice === ',' && (this.#level & (LIST | WITH)) !== 0) {
      this.#expected = (this.#level & LIST) !== 0 ? 'source' : 'cte'
    } else if (slice === '{') return
    else if (this.#expected !== 'kind' && this.#expected !== 'routine') {
      this.#expected = 'nothing'
      this.#starting = this.#explaining
    }
    this.#last = slice
  }

  #open(): void {
    const sources = this.#expected === 'source'
    this.#above.push(this.#expected === 'target' ? this.#level | RESUME : this.#level)
    this.#level = sources ? QUERY | LIST : 0
    if (!sources) this.#expected = 'nothing'
    this.#starting = true
  }

  #shut(): void {
    this.#level = this.#above.pop() ?? 0
    this.#expected = (this.#level & RESUME) !== 0 ? 'target' : 'nothing'
    this.#level &= ~RESUME
    this.#starting = (this.#level & WITH) !== 0 || this.#explaining
  }

  #word(slice: string): void {
    const before = this.#last
    const word = slice.length > LONGEST_KEYWORD ? '' : slice.toUpperCase()
    this.#last = word
    const statement = this.#statement(word)
    if (before === '.') this.#starting = this.#explaining
    else if (this.#expected === 'kind') this.#kind(slice, word)
    else if (statement !== undefined) this.#start(statement, slice, word)
    else this.#within(slice, word, before)
  }

  /** A word that begins no statement: a keyword of one, the name that is expected, or of no interest. */
  #within(slice: string, word: string, before: string): void {
    // FROM (VALUES …)
    if (word === 'VALUES' && this.#starting) this.#expected = 'nothing'
    this.#starting = this.#explaining
    if (word === 'FROM' && (this.#level & QUERY) !== 0 && before !== 'DISTINCT') this.#from()
    else if (this.#expected === 'nothing') this.#clause(word, slice, before)
    else if (NOISE[this.#expected]?.has(word) !== true) this.#begin(slice)
  }

  /** The statement that this word begins here, if it does. */
  #statement(word: string): Statement | undefined {
    const statement = STATEMENTS.get(word)
    if (statement === undefined) return undefined
    if (statement === 'select') return this.#expected === 'nothing' || this.#starting ? statement : undefined
    if (!this.#starting) return undefined
    if (statement === 'with') return statement
    const first = this.#above.length === 0 || (this.#above.at(-1)! & WITH) !== 0
    const explained = statement !== 'named' && statement !== 'bare' && statement !== 'closed'
    return first && (explained || !this.#explaining) ? statement : undefined
  }

  #start(statement: Statement, slice: string, word: string): void {
    this.#starting = statement === 'explain' || word === 'BEGIN'
    this.#explaining = statement === 'explain'
    this.#expected = 'nothing'
    this.#level &= ~(LIST | WITH)
    if (statement === 'with') {
      this.#level |= WITH
      this.#expected = 'cte'
      return
    }
    if (statement !== 'select' || !this.#joined) this.#push(slice)
    this.#joined = false
    this.#undo = statement === 'delete' ? this.#parts.length : -1
    this.#inserting = statement === 'insert'
    this.#dropping = word === 'DROP' || word === 'TRUNCATE'
    this.#body = false
    if (statement === 'select') this.#level |= QUERY
    else if (statement === 'update') this.#level |= QUERY | LIST
    else if (statement === 'delete' || statement === 'merge') this.#level |= QUERY | USING
    if (statement === 'object') this.#expected = 'kind'
    else if (statement === 'named') this.#expected = 'thing'
    else if (statement === 'routine') this.#expected = 'routine'
    else if (statement === 'closed') this.#closed = 'statement'
    else if (TARGETED.has(statement)) this.#expected = 'target'
  }

  #kind(slice: string, word: string): void {
    if (!OBJECTS.has(word)) return
    this.#push(slice)
    this.#body = WITH_BODY.has(word)
    this.#expected = 'object'
  }

  #from(): void {
    if (this.#undo >= 0) {
      this.#parts.length = this.#undo
      this.#length = this.#parts.join(' ').length
      this.#undo = -1
    }
    this.#level |= LIST
    this.#expected = 'source'
  }

  #clause(word: string, slice: string, before: string): void {
    const inQuery = (this.#level & QUERY) !== 0
    if (CLAUSES.has(word)) {
      this.#level &= ~LIST
      this.#undo = -1
      this.#joined = SET_OPERATORS.has(word)
      if (word === 'VALUES' && this.#inserting && this.#bulk) this.#closed = 'rest'
    } else if (inQuery && (word === 'JOIN' || word === 'STRAIGHT_JOIN' || word === 'APPLY')) {
      this.#expected = 'source'
    } else if (inQuery && word === 'INTO') this.#expected = 'into'
    else if (word === 'USING' && (this.#level & USING) !== 0) {
      this.#level = (this.#level & ~USING) | LIST
      this.#expected = 'paren'
    } else if (word === 'TRANSACTION' && before === 'START') this.#push(slice)
  }
}
