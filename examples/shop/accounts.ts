import { randomBytes } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { yardstick } from 'yardstick'
import type { Database } from './database.ts'
import type { LocalCache } from './local-cache.ts'
import { hashPassword, passwordMatches } from './passwords.ts'

const ys = yardstick()
const NOBODY = hashPassword(randomBytes(16).toString('hex'))

export interface Session {
  readonly userId: number
  readonly role: string
}

export interface Profile {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly role: string
}

/** Who somebody is (authentication) and what they may do (authorization). */
export class Accounts {
  readonly #db: Database
  readonly #local: LocalCache
  readonly #secret = randomBytes(32)

  constructor(db: Database, local: LocalCache) {
    this.#db = db
    this.#local = local
  }

  /** A bearer token for the right password, else `undefined`. A refused login is an operation that worked. */
  async signIn(email: string, password: string): Promise<string | undefined> {
    const user = this.#db.row<{ id: number; role: string; password_hash: string }>('user_by_email', email)
    // An unknown address takes as long as a wrong password, or the time would tell which addresses exist.
    const matches = await ys.trackAuthentication('password', {}, () =>
      passwordMatches(password, user?.password_hash ?? NOBODY),
    )
    if (user === undefined || !matches) return undefined
    ys.setUser(user.id)
    return jwt.sign({ role: user.role }, this.#secret, { subject: String(user.id), expiresIn: '1h' })
  }

  /** Reads a bearer token; `undefined` when it is forged, malformed or too old. */
  session(token: string): Session | undefined {
    return ys.trackAuthentication('token', {}, () => {
      try {
        const { sub, role } = jwt.verify(token, this.#secret, { algorithms: ['HS256'] }) as jwt.JwtPayload
        const userId = Number(sub)
        ys.setUser(userId)
        return { userId, role: String(role) }
      } catch {
        return undefined
      }
    })
  }

  /** Whether the session's role has the permission. */
  may(session: Session, permission: string): boolean {
    return ys.trackAuthorization(permission, { userId: session.userId }, () => {
      const key = `role:${session.role}`
      const known = this.#local.read<ReadonlySet<string>>(key)
      if (known !== undefined) return known.has(permission)
      const rows = this.#db.rows<{ permission: string }>('permissions_of_role', session.role)
      const permissions = new Set(rows.map((row) => row.permission))
      this.#local.keep(key, permissions)
      return permissions.has(permission)
    })
  }

  profile(userId: number): Profile | undefined {
    return this.#db.row<Profile>('user_by_id', userId)
  }
}
