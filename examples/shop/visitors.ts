import { random } from './random.ts'
import type { Errand } from './schedule.ts'
import { CATEGORIES, emailOf, MATERIALS, roleOf, SEED_PASSWORD, SHOP_SIZE, THINGS } from './seed.ts'

/** One HTTP request that a visitor makes. */
export interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly userAgent: string
  readonly token?: string
  readonly body?: object
  /** Who signs in by this call; the token in the answer is theirs. */
  readonly signsIn?: number
}

interface SignedIn {
  readonly userId: number
  readonly token: string
}

const MOST_SIGNED_IN = 300
const ADMIN = 100
const FIRST_LOGINS = 6

/** Turns errands into calls, and remembers who has signed in. */
export class Visitors {
  readonly #next: () => number
  readonly #customers: SignedIn[] = []
  #admin: SignedIn | undefined
  #firstLogins = 0

  constructor(seed = 1) {
    this.#next = random(seed + 1)
  }

  call(errand: Errand): Call {
    switch (errand) {
      case 'product':
        return this.#reads(`/products/${this.#popular(SHOP_SIZE.products)}`)
      case 'listing': {
        const page = this.#upTo(100) > 99 ? 5 + this.#upTo(10) : Math.floor(this.#next() ** 3 * 6)
        return this.#reads(`/products?category=${this.#of(CATEGORIES)}&page=${page}`)
      }
      case 'search':
        return this.#reads(`/search?q=${this.#of(MATERIALS)}+${this.#of(THINGS)}`)
      case 'login':
        return this.#login(this.#customerId())
      case 'bad_login':
        return {
          ...this.#base('POST', '/login'),
          body: { email: emailOf(this.#customerId()), password: 'guess' },
        }
      case 'lost':
        return this.#reads(this.#next() < 0.7 ? `/wp-login-${this.#upTo(10_000)}.php` : '/robots.txt')
      case 'report': {
        // One in five has no business there.
        const customer = this.#next() < 0.2 ? this.#customer() : undefined
        const who = customer ?? this.#admin
        return who === undefined ? this.#login(ADMIN) : this.#signed(who, 'GET', '/admin/report')
      }
      case 'profile':
      case 'orders':
      case 'order': {
        const who = this.#customer()
        if (who === undefined) return this.#firstLogin(this.#customerId())
        if (errand === 'profile') return this.#signed(who, 'GET', `/users/${who.userId}`)
        if (errand === 'orders') return this.#signed(who, 'GET', `/users/${who.userId}/orders`)
        return { ...this.#signed(who, 'POST', '/orders'), body: { lines: this.#basket() } }
      }
    }
  }

  signedIn(userId: number, token: string): void {
    if (userId === ADMIN) this.#admin = { userId, token }
    else if (this.#customers.push({ userId, token }) > MOST_SIGNED_IN) this.#customers.shift()
  }

  #base(method: 'GET' | 'POST', path: string, agent = this.#upTo(60)): Call {
    return { method, path, userAgent: `shop-visitor/${agent}` }
  }

  #reads(path: string): Call {
    return this.#base('GET', path)
  }

  #signed(who: SignedIn, method: 'GET' | 'POST', path: string): Call {
    return { ...this.#base(method, path, who.userId), token: who.token }
  }

  #login(userId: number): Call {
    const body = { email: emailOf(userId), password: SEED_PASSWORD }
    return { ...this.#base('POST', '/login', userId), body, signsIn: userId }
  }

  /** Who needs a token before anybody has one signs in, but not everybody at once: that would be another load. */
  #firstLogin(userId: number): Call {
    return ++this.#firstLogins > FIRST_LOGINS ? this.call('product') : this.#login(userId)
  }

  #customer(): SignedIn | undefined {
    return this.#customers[Math.floor(this.#next() * this.#customers.length)]
  }

  #customerId(): number {
    const id = this.#upTo(SHOP_SIZE.users)
    return roleOf(id) === 'customer' ? id : this.#customerId()
  }

  #basket(): readonly object[] {
    return Array.from({ length: this.#upTo(3) }, () => ({
      product_id: this.#popular(SHOP_SIZE.products),
      quantity: this.#upTo(2),
    }))
  }

  /** Zipf's law, continuous: the first product is asked for about as often as the next two together. */
  #popular(count: number): number {
    return Math.min(count, Math.floor((count + 1) ** this.#next()))
  }

  #upTo(limit: number): number {
    return 1 + Math.floor(this.#next() * limit)
  }

  #of(list: readonly string[]): string {
    return list[this.#upTo(list.length) - 1] ?? ''
  }
}
