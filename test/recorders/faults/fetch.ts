import { Readable, Writable } from 'node:stream'
import { pipeline as through } from 'node:stream/promises'
import type { ReadableStream as ReadableWeb } from 'node:stream/web'
import { type Fault, outcome, type Stage, turns } from './fault.ts'

const GET = 'external GET 127.0.0.1'
const POST = 'external POST 127.0.0.1'

const at = ({ line }: Stage, path: string): string => `http://127.0.0.1:${line.port}${path}`

/** Asks, reads the answer's text, and says what came of both, with the error that is behind the one that is given. */
async function ask(
  stage: Stage,
  path: string,
  options: RequestInit & { duplex?: 'half' } = {},
): Promise<void> {
  await read(stage, fetch(at(stage, path), options))
}

async function read({ say }: Stage, asked: Promise<Response>): Promise<void> {
  try {
    const answer = await asked
    say(answer.status, answer.redirected)
    say(await answer.text())
  } catch (error) {
    say('failed', error, (error as { readonly cause?: unknown }).cause)
  }
}

const lost = (how: 'closed' | 'reset' | 'torn'): Fault => ({
  name: `the connection is ${how} before the answer's head has come`,
  run: async (stage) => {
    stage.line.breakAt('/fine', how)
    await ask(stage, '/fine')
    stage.line.breakAt('/fine', how)
    await ask(stage, '/fine', { method: 'POST', body: 'some' })
  },
  recorded: { [GET]: 'failed 1', [POST]: 'failed 1' },
})

/** Answers of which a part comes, read in one way after the other. */
const readings: readonly ((body: ReadableStream<Uint8Array>, signal: AbortSignal) => Promise<unknown>)[] = [
  async (body) => {
    for await (const _some of body);
  },
  async (body) => {
    const reader = body.getReader()
    while (!(await reader.read()).done);
  },
  (body, signal) => body.pipeTo(new WritableStream(), { signal }),
]

export const faults: readonly Fault[] = [
  lost('closed'),
  lost('reset'),
  lost('torn'),
  {
    name: 'an answer is cut off in its body, one is no HTTP, and one not what it says',
    run: async (stage) => {
      for (const path of ['/cut', '/cut-chunks', '/not-http', '/not-gzip']) await ask(stage, path)
      for (const each of readings) {
        const { body } = await fetch(at(stage, '/cut'))
        await outcome(stage, 'read', each(body!, new AbortController().signal))
      }
    },
    // What cannot be unpacked has come.
    recorded: { [GET]: 'ok 1, failed 6' },
  },
  {
    name: 'nobody listens, and what listens speaks no TLS',
    run: async (stage) => {
      await read(stage, fetch(`http://127.0.0.1:${stage.dead}/`))
      await fetch(`https://127.0.0.1:${stage.line.port}/`).catch((error) =>
        stage.say(error.name, error.cause?.code),
      )
    },
    recorded: { [GET]: 'failed 2' },
  },
  {
    name: 'what is refused without being sent',
    run: async (stage) => {
      const wrong: readonly (() => Promise<Response>)[] = [
        () => fetch('nowhere'),
        () => fetch('ftp://127.0.0.1/'),
        () => fetch('http://127.0.0.1:1/'),
        () => fetch('http://user:secret@127.0.0.1/'),
        () => fetch(at(stage, '/fine'), { method: 'G T' }),
        () => fetch(at(stage, '/fine'), { body: 'some' }),
        () => fetch(at(stage, '/fine'), { headers: { 'x-a': 'a\nb' } }),
        () => fetch(at(stage, '/fine'), { mode: 'navigate' }),
        () => (fetch as () => Promise<Response>)(),
      ]
      for (const each of wrong) await read(stage, each())
    },
    recorded: {},
  },
  {
    name: 'given up before, meanwhile, and in the middle of the answer',
    run: async (stage) => {
      await ask(stage, '/fine', { signal: AbortSignal.abort() })
      await ask(stage, '/fine', { signal: AbortSignal.abort('a text') })
      for (const reason of [undefined, new Error('given up'), 'a text']) {
        const leaving = new AbortController()
        const asked = ask(stage, '/hang', { signal: leaving.signal })
        await turns()
        leaving.abort(reason)
        await asked
      }
      await ask(stage, '/hang', { signal: AbortSignal.timeout(30) })
      const leaving = new AbortController()
      const answer = await fetch(at(stage, '/endless'), { signal: leaving.signal })
      const text = outcome(stage, 'text', answer.text())
      await turns()
      leaving.abort()
      await text
    },
    recorded: { [GET]: 'ok 1, failed 4' },
  },
  {
    name: 'time is over in the middle of the answer',
    run: async (stage) => {
      await ask(stage, '/endless', { signal: AbortSignal.timeout(500) })
    },
    recorded: { [GET]: 'failed 1' },
  },
  {
    name: 'answers of which nobody reads the rest',
    run: async (stage) => {
      const { body } = await fetch(at(stage, '/endless'))
      await outcome(stage, 'cancelled', body!.cancel('enough'))
      const other = await fetch(at(stage, '/endless'))
      await outcome(stage, 'cancelled', other.body!.cancel(new Error('enough')))
      for await (const some of (await fetch(at(stage, '/endless'))).body!) {
        stage.say('some', some.length)
        break
      }
      const leaving = new AbortController()
      const piped = outcome(
        stage,
        'piped',
        readings[2]!((await fetch(at(stage, '/endless'))).body!, leaving.signal),
      )
      await turns()
      leaving.abort()
      await piped
      const closing = new Writable({
        write: (_some, _encoding, done) => {
          done()
          setImmediate(() => closing.destroy())
        },
      })
      const answer = await fetch(at(stage, '/endless'))
      await outcome(stage, 'closed', through(Readable.fromWeb(answer.body as ReadableWeb), closing))
      const unread = await fetch(at(stage, '/fine'))
      await turns()
      stage.say('unread', unread.bodyUsed, await unread.text())
      await outcome(stage, 'twice', unread.text())
    },
    recorded: { [GET]: 'ok 6' },
  },
  {
    name: 'redirects, each an answer of its own',
    run: async (stage) => {
      await ask(stage, '/there')
      await ask(stage, '/there', { redirect: 'manual' })
      await ask(stage, '/there', { redirect: 'error' })
      await ask(stage, '/nowhere')
      await ask(stage, '/round')
      const body = new Blob(['some']).stream()
      await ask(stage, '/there', { method: 'PUT', body, duplex: 'half' })
    },
    recorded: { [GET]: 'ok 26', 'external PUT 127.0.0.1': 'ok 1' },
  },
  {
    name: 'answers before the whole question, with hints, trailers, of failures and of nothing',
    run: async (stage) => {
      for (const path of ['/hints', '/trailers', '/failing', '/nothing', '/leaving']) await ask(stage, path)
      await ask(stage, '/fine', { method: 'HEAD' })
    },
    recorded: { [GET]: 'ok 4, failed 1', 'external HEAD 127.0.0.1': 'ok 1' },
  },
  {
    name: 'bodies that fail while they are sent',
    run: async (stage) => {
      const failing = (error: unknown): ReadableStream =>
        new ReadableStream({
          pull: (controller) => controller.error(error),
        })
      for (const error of [new Error('no more'), 'a text']) {
        await ask(stage, '/fine', { method: 'POST', body: failing(error), duplex: 'half' })
      }
      const pieces = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.from('some')
        throw new Error('no more')
      }
      await ask(stage, '/fine', { method: 'POST', body: pieces() as never, duplex: 'half' })
    },
    recorded: { [POST]: 'failed 3' },
  },
  {
    name: 'connections that are kept, and lost meanwhile',
    run: async (stage) => {
      await ask(stage, '/fine')
      stage.line.breakAt('/fine', 'closed')
      await ask(stage, '/fine')
      await ask(stage, '/fine')
      for (const path of ['/fine', '/cut', '/failing', '/fine']) await ask(stage, path)
    },
    recorded: { [GET]: 'ok 4, failed 3' },
  },
  {
    name: 'what nobody handles is told once',
    run: async (stage) => {
      void fetch(`http://127.0.0.1:${stage.dead}/`)
      void fetch(at(stage, '/cut')).then((answer) => answer.text())
      await new Promise((done) => process.once('unhandledRejection', done))
      await new Promise((done) => setTimeout(done, 50))
    },
    recorded: { [GET]: 'failed 2' },
  },
]
