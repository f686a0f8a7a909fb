/** The component of intentional waits; targets on `request` and on caches do not see it. */
export const WAIT = 'wait'
