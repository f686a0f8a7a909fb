import { Agent, type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { request as requestTls } from 'node:https'
import { type Fault, heard, type Stage, thrown, turns } from './fault.ts'

const GET = 'external GET 127.0.0.1'
const POST = 'external POST 127.0.0.1'
const EVENTS = ['socket', 'finish', 'information', 'response', 'timeout', 'abort', 'error', 'close'] as const
const ANSWER_EVENTS = ['aborted', 'end', 'error', 'close'] as const

interface Asking extends RequestOptions {
  /** Port, where it is not the line's. */
  readonly port?: number
  /** Whether nobody listens for the answer. */
  readonly unheard?: boolean
  /** Whether the answer is not read. */
  readonly unread?: boolean
}

/** Asks, and says whatever the application can hear of it, in order. The request is to be ended by the caller. */
function asking(
  { line, say }: Stage,
  path: string,
  { unheard, unread, ...options }: Asking = {},
): ClientRequest {
  const asked = request({ host: '127.0.0.1', port: line.port, path, agent: false, ...options })
  for (const event of EVENTS) {
    if (event === 'response' && unheard === true) continue
    asked.on(event, (what: unknown) => {
      say(event, ...(event === 'error' ? [what] : []))
      if (event === 'response') hear(what as IncomingMessage)
    })
  }
  const hear = (answer: IncomingMessage): void => {
    say(answer.statusCode)
    for (const event of ANSWER_EVENTS) {
      answer.on(event, (what: unknown) => say('answer', event, ...(event === 'error' ? [what] : [])))
    }
    if (unread !== true) answer.on('data', (some) => say('data', `${some}`))
  }
  return asked
}

async function ended(asked: ClientRequest): Promise<void> {
  const closed = heard(asked, 'close')
  asked.end()
  await closed
}

const lost = (how: 'closed' | 'reset' | 'torn'): Fault => ({
  name: `the connection is ${how} before the answer's head has come`,
  run: async (stage) => {
    stage.line.breakAt('/fine', how)
    await ended(asking(stage, '/fine'))
    stage.line.breakAt('/fine', how)
    const posted = asking(stage, '/fine', { method: 'POST' })
    posted.write('some')
    await ended(posted)
  },
  recorded: { [GET]: 'failed 1', [POST]: 'failed 1' },
})

export const faults: readonly Fault[] = [
  lost('closed'),
  lost('reset'),
  lost('torn'),
  {
    name: 'an answer is cut off in its body, and one that is no HTTP',
    run: async (stage) => {
      for (const path of ['/cut', '/cut-chunks', '/not-http']) await ended(asking(stage, path))
    },
    recorded: { [GET]: 'failed 3' },
  },
  {
    name: 'nobody listens, and what listens speaks no TLS',
    run: async (stage) => {
      await ended(asking(stage, '/fine', { port: stage.dead }))
      const asked = requestTls({ host: '127.0.0.1', port: stage.line.port, agent: false })
      asked.on('error', ({ code }: NodeJS.ErrnoException) => stage.say('error', code))
      await ended(asked)
    },
    recorded: { [GET]: 'failed 2' },
  },
  {
    name: 'a name that is not found',
    run: async (stage) => {
      const lookup: RequestOptions['lookup'] = (host, _options, found) => {
        setImmediate(() => found(Object.assign(new Error(`no ${host}`), { code: 'ENOTFOUND' }), '', 4))
      }
      await ended(asking(stage, '/fine', { host: 'nobody.example', lookup }))
    },
    recorded: { 'external GET nobody.example': 'failed 1' },
  },
  {
    name: 'what is refused at once',
    run: async (stage) => {
      const { say, line } = stage
      const wrong: readonly object[] = [
        { path: '/a b' },
        { method: 'G T' },
        { headers: { 'x-a': 'a\nb' } },
        { headers: { 'a b': 'a' } },
        { protocol: 'ftp:' },
        { host: 7 },
        { port: 70_000 },
        { insecureHTTPParser: 'yes' },
        { signal: 'none' },
        { timeout: 'soon' },
        { agent: 'none' },
      ]
      for (const options of wrong) {
        try {
          const asked = request({ host: '127.0.0.1', port: line.port, agent: false, ...options })
          asked.on('error', (error) => say('error', error))
          asked.destroy()
          await heard(asked, 'close')
        } catch (error) {
          say('thrown', error)
        }
      }
      const asked = asking(stage, '/fine')
      const closed = heard(asked, 'close')
      for (const wrongly of [() => asked.setHeader('x', 'a\nb'), () => asked.write(7), () => asked.end(7)]) {
        try {
          wrongly()
        } catch (error) {
          say('thrown', error)
        }
      }
      asked.end()
      await closed
      asked.write('late')
      await turns()
    },
    recorded: { [GET]: 'ok 1' },
  },
  {
    name: 'given up before anything is sent',
    run: async (stage) => {
      const destroyed = asking(stage, '/fine')
      const closed = heard(destroyed, 'close')
      destroyed.destroy()
      await closed
      const failed = asking(stage, '/fine')
      const over = heard(failed, 'close')
      failed.destroy(new Error('given up'))
      await over
      await ended(asking(stage, '/fine', { signal: AbortSignal.abort() }))
      const aborted = asking(stage, '/fine')
      aborted.abort()
      await ended(aborted)
      const unsent = asking(stage, '/fine', { method: 'POST' })
      await heard(unsent, 'socket')
      await turns()
      unsent.destroy()
      await turns()
    },
    recorded: { [GET]: 'failed 4', [POST]: 'failed 1' },
  },
  {
    name: 'given up while no answer comes',
    run: async (stage) => {
      for (const give of [
        (asked: ClientRequest) => asked.destroy(),
        (asked: ClientRequest) => asked.destroy(new Error('given up')),
        (asked: ClientRequest) => asked.abort(),
        (asked: ClientRequest) => asked.socket?.destroy(),
      ]) {
        const asked = asking(stage, '/hang')
        asked.on('finish', () => setImmediate(() => give(asked)))
        await ended(asked)
      }
      const leaving = new AbortController()
      const asked = asking(stage, '/hang', { signal: leaving.signal })
      asked.on('finish', () => leaving.abort(new Error('a reason')))
      await ended(asked)
    },
    recorded: { [GET]: 'failed 5' },
  },
  {
    name: 'given up in the middle of the answer, by either end of it',
    run: async (stage) => {
      for (const give of [
        (_asked: ClientRequest, answer: IncomingMessage) => answer.destroy(),
        (_asked: ClientRequest, answer: IncomingMessage) => answer.destroy(new Error('given up')),
        (asked: ClientRequest) => asked.destroy(),
        (asked: ClientRequest) => asked.destroy(new Error('given up')),
      ]) {
        const asked = asking(stage, '/endless')
        asked.on('response', (answer) => answer.once('data', () => give(asked, answer)))
        await ended(asked)
        await turns()
      }
    },
    // Of a request that is told so, nothing shows that it was not lost.
    recorded: { [GET]: 'ok 2, failed 2' },
  },
  {
    name: 'time is over, and somebody ends it or nobody does',
    run: async (stage) => {
      const asked = asking(stage, '/hang', { timeout: 30 })
      asked.on('timeout', () => asked.destroy(new Error('too slow')))
      await ended(asked)
      const patient = asking(stage, '/hang')
      patient.setTimeout(30, () => {
        stage.say('called back')
        patient.destroy()
      })
      await ended(patient)
      await ended(asking(stage, '/hang', { signal: AbortSignal.timeout(30) }))
      await ended(asking(stage, '/endless', { signal: AbortSignal.timeout(500) }))
    },
    recorded: { [GET]: 'failed 4' },
  },
  {
    name: 'nobody listens for the answer, or for the error',
    run: async (stage) => {
      await ended(asking(stage, '/fine', { unheard: true }))
      await thrown(() => request({ host: '127.0.0.1', port: stage.dead, agent: false }).end())
      // Of an answer that is cut off nothing is thrown.
      const cut = request({ host: '127.0.0.1', port: stage.line.port, path: '/cut', agent: false })
      cut.on('response', (answer) => answer.on('aborted', () => stage.say('aborted')).resume())
      await ended(cut)
    },
    recorded: { [GET]: 'ok 1, failed 2' },
  },
  {
    name: 'an answer that nobody reads',
    run: async (stage) => {
      const agent = new Agent({ keepAlive: true })
      const asked = asking(stage, '/fine', { unread: true, agent })
      const answered = heard(asked, 'response')
      asked.end()
      const answer = (await answered) as IncomingMessage
      await turns()
      stage.say('still there', answer.complete)
      const closed = heard(asked, 'close')
      answer.resume()
      await closed
      agent.destroy()
    },
    recorded: { [GET]: 'ok 1' },
  },
  {
    name: 'listeners that throw',
    run: async (stage) => {
      for (const [path, event] of [
        ['/fine', 'response'],
        ['/hang', 'error'],
      ] as const) {
        const asked = asking(stage, path)
        asked.once(event, () => {
          throw new Error(`thrown by a listener of ${event}`)
        })
        if (event === 'error') asked.on('finish', () => asked.destroy(new Error('given up')))
        await thrown(() => asked.end())
        await turns()
        asked.destroy()
        await turns()
      }
    },
    recorded: { [GET]: 'failed 2' },
  },
  {
    name: 'answers before the whole question, with hints, trailers, of failures and of nothing',
    run: async (stage) => {
      const early = asking(stage, '/too-early', { method: 'POST', headers: { 'content-length': 10 } })
      const answered = heard(early, 'close')
      early.write('some')
      await answered
      for (const path of ['/hints', '/trailers', '/failing', '/nothing', '/there']) {
        await ended(asking(stage, path))
      }
      await ended(asking(stage, '/fine', { method: 'HEAD' }))
    },
    recorded: { [POST]: 'ok 1', [GET]: 'ok 4, failed 1', 'external HEAD 127.0.0.1': 'ok 1' },
  },
  {
    name: 'connections that are taken over, and nobody takes',
    run: async (stage) => {
      const headers = { connection: 'upgrade', upgrade: 'echo' }
      const asked = asking(stage, '/', { headers })
      const upgraded = new Promise<void>((done) => {
        asked.on('upgrade', (answer, socket) => {
          stage.say('upgraded', answer.statusCode)
          socket.end()
          socket.on('close', done)
        })
      })
      asked.end()
      await upgraded
      await ended(asking(stage, '/', { headers }))
      const through = asking(stage, 'other:1', { method: 'CONNECT' })
      through.on('connect', (answer, socket) => {
        stage.say('connected', answer.statusCode)
        socket.destroy()
      })
      await ended(through)
      await ended(asking(stage, 'other:1', { method: 'CONNECT' }))
    },
    recorded: { [GET]: 'ok 2', 'external CONNECT 127.0.0.1': 'ok 2' },
  },
  {
    name: 'connections that are kept, and lost while nobody asks',
    run: async (stage) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const several = ['/fine', '/leaving', '/cut', '/fine'].map((path) =>
        ended(asking(stage, path, { agent })),
      )
      await Promise.all(several)
      const kept = asking(stage, '/fine', { agent })
      await ended(kept)
      stage.say('again', kept.reusedSocket)
      stage.line.breakAt('/fine', 'closed')
      const lost = asking(stage, '/fine', { agent })
      await ended(lost)
      stage.say('again', lost.reusedSocket)
      const waiting = [asking(stage, '/hang', { agent }), asking(stage, '/fine', { agent })] as const
      const over = waiting.map((asked) => ended(asked))
      await turns()
      waiting[1].destroy()
      await turns()
      agent.destroy()
      await Promise.all(over)
    },
    recorded: { [GET]: 'ok 4, failed 4' },
  },
]
