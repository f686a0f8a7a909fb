import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { scopeOf } from '../src/recorders/requests/request-scope.ts'
import { recorders } from '../src/recorders/table.ts'
import { measured } from './recorder/measured-server.ts'
import { head } from './recorder/raw-client.ts'
import { Reading } from './recorder/reading.ts'
import { until } from './recorder/until.ts'

const REQUESTS = 60

/** What an application does with a library, and exactly what has to be recorded of it. */
export interface Exercise<T> {
  readonly name: string
  /** Does it, and says whatever the application can see of it, in the order in which it sees it. */
  readonly run: (library: T, say: (what: unknown) => void) => Promise<void>
  readonly recorded: Readonly<Record<string, string>>
}

/** One way to ask for one operation. */
export interface Way<T> {
  readonly name: string
  /** Calls `at` wherever code of the application comes to run because of it. */
  readonly ask: (library: T, at: (place: string) => void) => Promise<void>
}

/** A library whose operations are to be recorded, connected to a real server. */
export interface LibrarySubject<T> {
  /** Library and version. */
  readonly name: string
  /** Why it cannot be tried here. */
  readonly skip?: string | undefined
  /** The component that its operations belong to. */
  readonly component: string
  /** Loads the library, which the recorders are waiting for by then, and connects. */
  readonly open: () => Promise<T>
  readonly close: (library: T) => Promise<void>
  readonly exercises: readonly Exercise<T>[]
  readonly ways: readonly Way<T>[]
  /** Servers to ask in, besides a plain one; loaded when the recorders are attached. */
  readonly servers?: Readonly<Record<string, (handle: RequestListener) => Server | Promise<Server>>>
  /** What the recorder has to report of the version. */
  readonly report: { readonly library: string; readonly state: string; readonly how: string }
}

/**
 * What is promised of every library's operations, as tests of `node:test`: each exercise leaves exactly these counts;
 * the application sees the same with and without the recorders; operations of concurrent requests, and the code that
 * runs after them, belong to their own request.
 */
export function libraryContract<T>(subject: LibrarySubject<T>): void {
  describe(subject.name, { skip: subject.skip ?? false }, () => {
    const reading = new Reading()
    const seen = new Map<string, readonly string[]>()
    let attached: readonly (() => void)[] = []
    let library: T
    before(async () => {
      attached = recorders().map((recorder) => recorder.attach(reading.ledger))
      library = await subject.open()
    })
    after(() => subject.close(library))

    for (const exercise of subject.exercises) {
      test(exercise.name, async () => {
        const earlier = counted(reading)
        seen.set(exercise.name, await traced(exercise, library))
        await until('all is recorded', () => total(counted(reading)) >= total(earlier) + expected(exercise))
        assert.deepEqual(difference(counted(reading), earlier), exercise.recorded)
        assert.deepEqual(reading.errors, [])
      })
    }

    test('the recorder reports what it watches, and how', () => {
      const reports = reading.ledger.announced.flatMap((each) =>
        each.kind === 'recorder' ? [each.report] : [],
      )
      const mine = reports.filter((each) => each.library === subject.report.library)
      assert.ok(mine.length > 0, JSON.stringify(reports))
      const { library, state, how } = mine.at(-1)!
      assert.deepEqual({ library, state, how }, subject.report, JSON.stringify(mine))
    })

    test('without the recorders the application sees the same', async () => {
      for (const detach of attached) detach()
      const earlier = counted(reading)
      for (const exercise of subject.exercises) {
        assert.deepEqual(seen.get(exercise.name), await traced(exercise, library), exercise.name)
      }
      assert.deepEqual(difference(counted(reading), earlier), {})
    })

    for (const [name, serve] of Object.entries({ http: plain, ...subject.servers })) {
      test(`${REQUESTS} concurrent requests of ${name}: every operation, and what follows, belongs to its own`, () =>
        attribute(subject, library, serve))
    }
  })
}

async function traced<T>(exercise: Exercise<T>, library: T): Promise<readonly string[]> {
  const said: string[] = []
  await exercise.run(library, (what) => said.push(typeof what === 'string' ? what : JSON.stringify(what)))
  return said
}

const plain = (handle: RequestListener): Server => createServer(handle)

async function attribute<T>(
  subject: LibrarySubject<T>,
  library: T,
  serve: (handle: RequestListener) => Server | Promise<Server>,
): Promise<void> {
  const found: Record<string, number> = {}
  await measured(
    {},
    (reading) =>
      serve((request, response) => {
        const at = (place: string): void => {
          const scope = reading.ledger.scopes.getStore()
          const where = scope === scopeOf(request) ? 'right' : scope === undefined ? 'lost' : 'wrong'
          const key = where === 'right' ? where : `${where}: ${place}`
          found[key] = (found[key] ?? 0) + 1
        }
        const all = subject.ways.map(({ name, ask }) =>
          ask(library, (place) => at(`${name}, ${place}`)).then(() => at(`after ${name}`)),
        )
        Promise.all(all).then(
          () => response.end('done'),
          (error: unknown) => response.writeHead(500).end(`${error}`),
        )
      }),
    async ({ open, quiet, reading }) => {
      const clients = Array.from({ length: REQUESTS }, () => open())
      for (const client of clients) client.send(head('GET', '/'))
      for (const client of clients) await client.received(/done/)
      await quiet()
      const places = found.right ?? 0
      assert.deepEqual(found, { right: places })
      assert.ok(places >= REQUESTS * subject.ways.length)
      const calls = [...reading.counts().values()].map(
        (each) => each.breakdown?.get(subject.component)?.calls ?? 0,
      )
      assert.equal(Math.max(...calls), REQUESTS * subject.ways.length)
      assert.deepEqual(reading.errors, [])
    },
  )
}

/** How often something was counted, by what the figure is called. */
type Counted = ReadonlyMap<string, Readonly<Record<string, number>>>

function counted(reading: Reading): Counted {
  return new Map(
    [...reading.counts()].map(([key, { ok, failed, hits, misses }]) => [key, { ok, failed, hits, misses }]),
  )
}

function difference(now: Counted, earlier: Counted): Readonly<Record<string, string>> {
  const changed = [...now].flatMap(([key, figures]) => {
    const words = Object.entries(figures).flatMap(([what, times]) => {
      const more = times - (earlier.get(key)?.[what] ?? 0)
      return more > 0 ? [`${what} ${more}`] : []
    })
    return words.length === 0 ? [] : [[key, words.join(', ')]]
  })
  return Object.fromEntries(changed)
}

function total(counts: Counted): number {
  return [...counts.values()].reduce((sum, { ok = 0, failed = 0 }) => sum + ok + failed, 0)
}

function expected({ recorded }: Exercise<never> | Exercise<unknown>): number {
  const figures = Object.values(recorded).flatMap((text) => [...text.matchAll(/(?:ok|failed) (\d+)/g)])
  return figures.reduce((sum, [, figure]) => sum + Number(figure), 0)
}
