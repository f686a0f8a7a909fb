/** Patterns of series that are a proof of identity, unless the configuration names others. */
export const LOGIN_ROUTES: readonly string[] = [
  'POST **/login',
  'POST **/signin',
  'POST **/sign-in',
  'POST **/auth/**',
  'POST **/token',
]
