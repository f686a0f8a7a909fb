import { createHash } from 'node:crypto'

/** Carries `identityOf` on every answer of the own port to a client on this machine, refused or not. */
export const IDENTITY_HEADER = 'yardstick-identity'

/** The same for two processes exactly when service and store are the same; tells neither. */
export function identityOf(service: string, storeId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([service, storeId]))
    .digest('hex')
    .slice(0, 32)
}
