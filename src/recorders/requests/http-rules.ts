import type { IncomingMessage } from 'node:http'
import type { Ledger } from '../../measure/ledger.ts'
import { LOGIN_ROUTES } from '../../targets/login-routes.ts'
import { Pattern } from '../../targets/pattern.ts'
import { Guard } from '../libraries/guard.ts'
import type { HttpOptions } from './http-options.ts'
import { PathPatterns } from './path-patterns.ts'

type Ask<R> = (request: IncomingMessage) => R | undefined

/** What the options say about a request; patterns are compiled once, functions are kept from doing harm. */
export class HttpRules {
  readonly #options: HttpOptions
  readonly #ledger: Ledger
  #ignore: readonly string[] | undefined
  #ignored: PathPatterns | undefined
  #ignoreIf: Ask<boolean> | undefined
  #ignoreIfGiven: HttpOptions['ignoreIf']
  #user: Ask<string | number> | undefined
  #userGiven: HttpOptions['user']

  constructor(options: HttpOptions, ledger: Ledger) {
    this.#options = options
    this.#ledger = ledger
  }

  ignores(request: IncomingMessage): boolean {
    const { ignore, ignoreIf } = this.#options
    if (ignore !== this.#ignore) {
      this.#ignore = ignore
      this.#ignored = Array.isArray(ignore) && ignore.length > 0 ? new PathPatterns(ignore) : undefined
    }
    if (this.#ignored?.match(request.method ?? '', request.url ?? '') === true) return true
    if (ignoreIf === undefined) return false
    if (ignoreIf !== this.#ignoreIfGiven) {
      this.#ignoreIfGiven = ignoreIf
      this.#ignoreIf = Guard.around('option ignore', this.#ledger, ignoreIf)
    }
    return this.#ignoreIf?.(request) === true
  }

  /** Whose request it is, as far as the application tells. */
  userOf(request: IncomingMessage): string | undefined {
    const { user } = this.#options
    if (user === undefined) return undefined
    if (user !== this.#userGiven) {
      this.#userGiven = user
      this.#user = Guard.around('option user', this.#ledger, user)
    }
    const id = this.#user?.(request)
    return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined
  }

  /** Whether a series is one of long polls. To be asked once a series: patterns take their time. */
  isWait(name: string): boolean {
    return this.#options.waits?.some((text) => new Pattern(text).matches(name)) === true
  }

  /** Whether a series is one of logins. As above. */
  isLogin(name: string): boolean {
    return (this.#options.logins ?? LOGIN_ROUTES).some((text) => new Pattern(text).matches(name))
  }
}
