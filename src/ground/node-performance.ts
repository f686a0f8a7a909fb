/** Of what an application puts in its place (fake timers do), the class has no such method. */
function isNodes(there: object): boolean {
  return 'eventLoopUtilization' in (Object.getPrototypeOf(there) ?? {})
}

/**
 * Node's own `performance`, whatever the global one is. From its module only where that is another: to load it at every
 * start would load others besides.
 */
export const nodePerformance: typeof performance = isNodes(performance)
  ? performance
  : process.getBuiltinModule('node:perf_hooks').performance
