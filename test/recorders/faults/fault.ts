import type { Line } from '../servers/line.ts'

/** Something that goes wrong while an application uses a library, and what has to be recorded of it. */
export interface Fault {
  readonly name: string
  readonly run: (stage: Stage) => Promise<void>
  readonly recorded: Readonly<Record<string, string>>
  /** Components of operations of which the library never tells the end. */
  readonly endless?: readonly string[]
}

export interface Stage {
  /** The way to the server. */
  readonly line: Line
  /** A port that nobody listens on. */
  readonly dead: number
  /** Says what the application sees, in the order in which it sees it; errors by what they are, and which. */
  readonly say: (...what: readonly unknown[]) => void
}

/** Says what comes of a promise, when it comes. */
export async function outcome({ say }: Stage, name: string, asked: PromiseLike<unknown>): Promise<void> {
  await asked.then(
    () => say(name, 'done'),
    (error: unknown) => say(name, error),
  )
}

/** Says what a callback is given, when it is called. */
export function calledBack(
  { say }: Stage,
  name: string,
  call: (callback: (error: Error | null) => void) => unknown,
): Promise<void> {
  return new Promise((done) => {
    call((error) => {
      say(name, error)
      done()
    })
  })
}

/** Calls what makes somebody throw where nobody catches it, and waits until that is so. */
export function thrown(call: () => unknown): Promise<unknown> {
  return new Promise((done) => {
    process.once('uncaughtException', done)
    call()
  })
}

/** Lets the event loop turn, for what nobody awaits: unhandled rejections, what is thrown in callbacks, late events. */
export async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((done) => setImmediate(done))
}

/** Resolves with the next event of that name; to wait for it must not turn errors into rejections, as `once` does. */
export function heard(emitter: NodeJS.EventEmitter, event: string): Promise<unknown> {
  return new Promise((resolve) => emitter.once(event, resolve))
}
