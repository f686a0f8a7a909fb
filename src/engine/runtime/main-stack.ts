import type { Session } from 'node:inspector'

export interface StackFrame {
  /** Empty for a function without a name. */
  readonly function: string
  /** File and line; no values, no arguments. */
  readonly place: string
}

const FRAMES = 30
const LONGEST = 200
// Natively, so that no function of the application's (Error.prepareStackTrace) runs in the middle of its code.
const EXPRESSION = `process.getBuiltinModule('node:util').getCallSites(${FRAMES + 1})`

interface CallSite {
  readonly functionName: string
  readonly scriptName: string
  readonly lineNumber: number
}

interface Evaluated {
  readonly result?: { readonly value?: unknown }
}

/**
 * Asks where the main thread is just now. It is interrupted where it runs JavaScript, for under a millisecond, and
 * answers between two steps of it; nothing is paused, no debugger is enabled, and neither microtasks nor ticks run then
 * (tried on Node 22, 24 and 26). While it is in native code it answers afterwards. `answered` hears `undefined` where
 * there is no answer to be had.
 */
export async function askMainStack(
  answered: (frames: readonly StackFrame[] | undefined) => void,
): Promise<void> {
  let session: Session | undefined
  try {
    // A Node.js may be built without it.
    const inspector = await import('node:inspector')
    session = new inspector.Session()
    const open = session
    open.connectToMainThread()
    open.post(
      'Runtime.evaluate',
      { expression: EXPRESSION, returnByValue: true, silent: true },
      (error, answer) => {
        open.disconnect()
        answered(error === null ? framesOf((answer as Evaluated).result?.value) : undefined)
      },
    )
  } catch {
    session?.disconnect()
    answered(undefined)
  }
}

function framesOf(value: unknown): readonly StackFrame[] | undefined {
  if (!Array.isArray(value)) return undefined
  // The first is the question itself.
  return (value as readonly CallSite[]).slice(1).map(({ functionName, scriptName, lineNumber }) => ({
    function: String(functionName).slice(0, LONGEST),
    place: `${placeOf(String(scriptName))}:${lineNumber}`,
  }))
}

/** Code that came as a data URL is not shown. */
function placeOf(script: string): string {
  if (script.startsWith('data:')) return '(data)'
  const path = script.replace(/^file:\/\//, '')
  return path.length > LONGEST ? `…${path.slice(1 - LONGEST)}` : path
}
