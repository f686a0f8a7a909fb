import { randomBytes, type ScryptOptions, scrypt, scryptSync, timingSafeEqual } from 'node:crypto'

const COST: ScryptOptions = { N: 16_384, r: 8, p: 1 }
const LENGTH = 32

/** A salted scrypt hash, written `salt$hash` in base64. Takes some 50 ms on purpose. */
export function hashPassword(password: string): string {
  const salt = randomBytes(16)
  return `${salt.toString('base64')}$${scryptSync(password, salt, LENGTH, COST).toString('base64')}`
}

/** Compares off the event loop, on Node's thread pool. */
export async function passwordMatches(password: string, hashed: string): Promise<boolean> {
  const { salt, hash } = parts(hashed)
  const given = await new Promise<Buffer>((resolve, reject) => {
    scrypt(password, salt, LENGTH, COST, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
  return timingSafeEqual(given, hash)
}

function parts(hashed: string): { readonly salt: Buffer; readonly hash: Buffer } {
  const [salt = '', hash = ''] = hashed.split('$')
  return { salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') }
}
