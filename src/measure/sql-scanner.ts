/**
 * What a stretch of SQL is. `quoted` is a name for certain (backticks, brackets); `double` is in double quotes: a name
 * in most databases, a text in MySQL.
 */
export type SqlToken =
  | 'blank'
  | 'comment'
  | 'word'
  | 'quoted'
  | 'double'
  | 'literal'
  | 'parameter'
  | 'symbol'
  | 'end'

const BLANK = 1
const LETTER = 2
const DIGIT = 4

const classes = new Uint8Array(128)
for (const blank of [0, 9, 10, 11, 12, 13, 32]) classes[blank] = BLANK
for (let code = 48; code <= 57; code++) classes[code] = DIGIT
for (let code = 65; code <= 90; code++) classes[code] = classes[code + 32] = LETTER
classes[95] = LETTER

const [LF, CR, SPACE] = [10, 13, 32]
const [DOUBLE, HASH, DOLLAR, AND, SINGLE, CLOSE, STAR, PLUS, MINUS, DOT, SLASH] = [
  34, 35, 36, 38, 39, 41, 42, 43, 45, 46, 47,
]
const [COLON, GREATER, QUESTION, AT, LEFT, BACKSLASH, RIGHT, BACKTICK] = [58, 62, 63, 64, 91, 92, 93, 96]

/**
 * Cuts SQL of PostgreSQL, MySQL, SQLite and SQL Server into tokens, in one pass and without knowing which it is.
 * Where the dialects read the same characters differently, the reading is taken that cannot show a literal; where
 * no such reading is left (is `\'` the end of a text?), the rest of the query counts as one literal.
 */
export class SqlScanner {
  /** The token's place: from `from` up to, not including, `to`. */
  from = 0
  to = 0
  readonly #text: string
  readonly #end: number
  readonly #cut: boolean

  /** @param limit characters that are read; what lies beyond is not looked at */
  constructor(text: string, limit: number) {
    this.#cut = text.length > limit
    this.#text = this.#cut ? text.slice(0, limit) : text
    this.#end = this.#text.length
  }

  /** The characters of the current token. */
  get slice(): string {
    return this.#text.slice(this.from, this.to)
  }

  /** Whether the token stands directly before or after a dot, as only names do. */
  get dotted(): boolean {
    return this.#code(this.from - 1) === DOT || this.#code(this.to) === DOT
  }

  /** NaN beyond the text. */
  #code(at: number): number {
    return at < this.#end ? this.#text.charCodeAt(at) : Number.NaN
  }

  /** @param named whether a table's name can stand here: decides what `[` and `#` begin */
  next(named: boolean): SqlToken {
    const at = this.to
    this.from = at
    if (at >= this.#end) return this.#take('end', at)
    const code = this.#code(at)
    const kind = classOf(code)
    if (kind === LETTER) return this.#word(at)
    if (kind === BLANK) return this.#blank(at)
    return kind === DIGIT ? this.#number(at) : this.#other(at, code, named)
  }

  #take(kind: SqlToken, to: number): SqlToken {
    this.to = to
    return kind
  }

  /** From here on nothing can be told apart any more. */
  #giveUp(): SqlToken {
    return this.#take('literal', this.#end)
  }

  #other(at: number, code: number, named: boolean): SqlToken {
    const after = this.#code(at + 1)
    if (code === SINGLE) return this.#quoted(at, 'literal', SINGLE, false)
    if (code === DOUBLE) return this.#quoted(at, 'double', DOUBLE, false)
    if (code === BACKTICK) return this.#name(at, BACKTICK)
    if (code === LEFT) return this.#bracket(at, named)
    if (code === DOLLAR) return this.#dollar(at)
    if (code === HASH) return this.#hash(at, after, named)
    if (code === AT && (classOf(after) === LETTER || after === AT)) return this.#parameter(at + 1)
    if (code === COLON && after === COLON) return this.#take('symbol', at + 2)
    if (code === COLON && classOf(after) === LETTER) return this.#parameter(at)
    if (code === QUESTION) return this.#take('parameter', this.#while(at + 1, DIGIT))
    if (code === MINUS && after === MINUS) return this.#line(at)
    if (code === SLASH && after === STAR) return this.#block(at)
    if ((code === PLUS || code === MINUS) && this.#isNumber(at + 1)) return this.#number(at + 1)
    if (this.#isNumber(at)) return this.#number(at)
    return this.#take('symbol', at + 1)
  }

  #blank(at: number): SqlToken {
    return this.#take('blank', this.#while(at, BLANK))
  }

  #word(at: number): SqlToken {
    const to = this.#wordEnd(at)
    // A name that the limit cuts in two is not that name.
    if (this.#cut && to === this.#end) return this.#giveUp()
    const after = this.#code(to)
    const text = (after === SINGLE || after === AND) && to - at <= 2 ? this.#prefixed(at, to) : undefined
    return text ?? this.#take('word', to)
  }

  /** Texts with a letter before the quote: E'…' has escapes, N, X and B only say what kind of text it is. */
  #prefixed(at: number, to: number): SqlToken | undefined {
    const prefix = this.#text.slice(at, to).toLowerCase()
    const quote = this.#code(to + 1)
    if (this.#code(to) === AND) {
      if (prefix !== 'u') return undefined
      if (quote === SINGLE) return this.#quoted(to + 1, 'literal', SINGLE, false)
      return quote === DOUBLE ? this.#quoted(to + 1, 'double', DOUBLE, false) : undefined
    }
    if (prefix === 'e') return this.#quoted(to, 'literal', SINGLE, true)
    if (prefix === 'n' || prefix === 'x' || prefix === 'b') return this.#quoted(to, 'literal', SINGLE, false)
    // Oracle's q'[…]' ends where its own bracket does.
    return prefix === 'q' || prefix === 'nq' ? this.#giveUp() : undefined
  }

  /** Takes in everything that sticks to a number, so that no part of it is left over as a name. */
  #number(at: number): SqlToken {
    const hex = this.#code(at) === 48 && (this.#code(at + 1) | SPACE) === 120
    let to = at
    for (; to < this.#end; to++) {
      const code = this.#code(to)
      if (classOf(code) > BLANK || code === DOT) continue
      const exponent = !hex && (this.#code(to - 1) | SPACE) === 101
      if (exponent && (code === PLUS || code === MINUS) && classOf(this.#code(to + 1)) === DIGIT) continue
      break
    }
    return this.#take('literal', to)
  }

  /**
   * A quoted text, in which a doubled quote stands for one. A backslash before a quote escapes it in MySQL and does
   * not elsewhere: then nobody can say where the text ends.
   */
  #quoted(at: number, kind: SqlToken, quote: number, escapes: boolean): SqlToken {
    let backslash = false
    for (let to = at + 1; to < this.#end; to++) {
      const code = this.#code(to)
      if (code === BACKSLASH) backslash = !backslash
      else {
        if (code === quote && backslash && !escapes) return this.#giveUp()
        if (code === quote && !backslash) {
          if (this.#code(to + 1) !== quote) return this.#take(kind, to + 1)
          to++
        }
        backslash = false
      }
    }
    return this.#giveUp()
  }

  #name(at: number, quote: number): SqlToken {
    for (let to = at + 1; to < this.#end; to++) {
      if (this.#code(to) !== quote) continue
      if (this.#code(to + 1) !== quote) return this.#take('quoted', to + 1)
      to++
    }
    return this.#giveUp()
  }

  /** `[` begins a name in SQL Server and SQLite, a subscript or an array in PostgreSQL. */
  #bracket(at: number, named: boolean): SqlToken {
    if (named || this.#code(at - 1) === DOT) {
      for (let to = at + 1; to < this.#end; to++) {
        const code = this.#code(to)
        if (code === SINGLE || code === DOUBLE) return this.#giveUp()
        if (code !== RIGHT) continue
        if (this.#code(to + 1) !== RIGHT) return this.#take('quoted', to + 1)
        to++
      }
      return this.#giveUp()
    }
    const before = this.#code(at - 1)
    const subscript = classOf(before) > BLANK || before === RIGHT || before === CLOSE
    if (!subscript && classOf(this.#code(at + 1)) === LETTER) {
      let to = at + 1
      let plain = true
      for (; to < this.#end; to++) {
        const code = this.#code(to)
        // Either a name with a quote in it, or an array with a text in it.
        if (code === SINGLE || code === DOUBLE) return this.#giveUp()
        if (code === RIGHT && this.#code(to + 1) === RIGHT) return this.#giveUp()
        if (code === LEFT || code === RIGHT) break
        if (classOf(code) <= BLANK && code !== SPACE) plain = false
      }
      if (plain && this.#code(to) === RIGHT) return this.#take('quoted', to + 1)
    }
    return this.#take('symbol', at + 1)
  }

  /** `$1`, `$name`, `$$text$$`, `$tag$text$tag$`. */
  #dollar(at: number): SqlToken {
    const to = classOf(this.#code(at + 1)) === DIGIT ? at + 1 : this.#while(at + 1, LETTER | DIGIT)
    if (this.#code(to) === DOLLAR) {
      const tag = this.#text.slice(at, to + 1)
      const close = this.#text.indexOf(tag, to + 1)
      return this.#take('literal', close < 0 ? this.#end : close + tag.length)
    }
    if (to > at + 1) return this.#take('parameter', to)
    // SQL Server writes amounts of money as $12.50.
    if (this.#isNumber(at + 1)) return this.#number(at + 1)
    return this.#take('symbol', at + 1)
  }

  /**
   * `#` begins a comment in MySQL, a temporary table in SQL Server, an operator in PostgreSQL. A comment that stands
   * where a table must, with no blank after its sign, is taken for that table.
   */
  #hash(at: number, after: number, named: boolean): SqlToken {
    if (after === GREATER) return this.#take('symbol', at + 1)
    const word = this.#wordEnd(after === HASH ? at + 2 : at + 1)
    const column = this.#code(word) === DOT && classOf(this.#code(word + 1)) === LETTER
    if ((named || column) && classOf(this.#code(word - 1)) > BLANK) return this.#take('word', word)
    // As an operator it would leave a quote open that a comment does not.
    for (let to = at; to < this.#end && !isLineEnd(this.#code(to)); to++)
      if (opens(this.#code(to))) return this.#giveUp()
    return this.#line(at)
  }

  #line(at: number): SqlToken {
    let to = at
    while (to < this.#end && !isLineEnd(this.#code(to))) to++
    return this.#take('comment', to)
  }

  #block(at: number): SqlToken {
    let depth = 1
    let to = at + 2
    while (depth > 0 && to < this.#end) {
      const code = this.#code(to)
      const after = this.#code(to + 1)
      // PostgreSQL and SQL Server nest comments.
      if (code === STAR && after === SLASH) depth--
      else if (code === SLASH && after === STAR) depth++
      else {
        to++
        continue
      }
      to += 2
    }
    return this.#take('comment', Math.min(to, this.#end))
  }

  #parameter(at: number): SqlToken {
    return this.#take('parameter', this.#wordEnd(at + 1))
  }

  #isNumber(at: number): boolean {
    const code = this.#code(at)
    return classOf(code) === DIGIT || (code === DOT && classOf(this.#code(at + 1)) === DIGIT)
  }

  #wordEnd(at: number): number {
    let to = at
    while (classOf(this.#code(to)) > BLANK || this.#code(to) === DOLLAR) to++
    return to
  }

  #while(at: number, wanted: number): number {
    let to = at
    while ((classOf(this.#code(to)) & wanted) !== 0) to++
    return to
  }
}

function classOf(code: number): number {
  if (code < 128) return classes[code]!
  if (code === 0xa0 || code === 0xfeff) return BLANK
  return code >= 128 ? LETTER : 0
}

function isLineEnd(code: number): boolean {
  return code === LF || code === CR
}

/** Whether a quote or a comment may begin with this character. */
function opens(code: number): boolean {
  return code === SINGLE || code === DOUBLE || code === BACKTICK || code === DOLLAR || code === SLASH
}
