/** Proofs of identity: tokens, passwords, sessions, logins. */
export const AUTHENTICATION: string = 'authentication'
/** Permission checks. */
export const AUTHORIZATION: string = 'authorization'
