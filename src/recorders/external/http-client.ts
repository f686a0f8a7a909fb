import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Recorder } from '../../measure/recorder.ts'
import { Instrument } from '../libraries/instrument.ts'
import { listen } from './channels.ts'
import { isGivenUp } from './given-up.ts'
import { OutgoingRequests, type Sent } from './outgoing-requests.ts'

interface Message {
  readonly request: ClientRequest
  readonly response?: IncomingMessage
}

/** A request, with its answer from when the head has come; no channel tells of one that ends in an upgrade. */
interface Answered extends ClientRequest {
  readonly res?: IncomingMessage | null
}

/**
 * Outgoing requests by `node:http` and `node:https`, and by what is built on them, until their answer has come in whole;
 * failed where there is none, it breaks off, or it is a 5xx. The host is the one that was connected to: what the header
 * says may be anybody's where requests are passed on.
 */
export function httpClient(): Recorder {
  return {
    name: 'httpClient',
    attach: (ledger) => {
      const instrument = new Instrument('httpClient', ledger)
      const requests = new OutgoingRequests(ledger)
      const running = new WeakMap<ClientRequest, Sent>()
      const begin = ({ request }: Message): void => {
        if (running.has(request)) return
        const sent = requests.begin(request.method, request.host)
        if (sent === undefined) return
        running.set(request, sent)
        // One without an answer that is given up by `abort()`, or ends in an upgrade, tells of its end by nothing else.
        request.once('close', () => instrument.safely(() => closed(request, sent)))
      }
      listen<Message>(instrument, {
        'http.client.request.created': begin,
        // Where Node.js does not publish the above.
        'http.client.request.start': begin,
        'http.client.request.error': ({ request }) => {
          const sent = running.get(request)
          if (sent === undefined) return
          if (!isLeft(request)) sent.timing.fail()
          sent.timing.end()
        },
        // Its head has come, in spite of the name.
        'http.client.response.finish': ({ request, response }) => {
          const sent = running.get(request)
          if (sent === undefined || response === undefined) return
          const { statusCode = 0, headers } = response
          if (sent.asked !== undefined) requests.answered(sent, (name) => textOf(headers[name]))
          if (statusCode >= 500) sent.timing.fail()
          // A request closes only when it has been written, too, which may be long after its answer has come in whole.
          response.once('close', () => instrument.safely(() => closed(request, sent)))
        },
      })
      return () => instrument.detach()
    },
  }
}

function closed(request: Answered, { timing }: Sent): void {
  if (!request.res || (request.res.errored && !isLeft(request))) timing.fail()
  timing.end()
}

/** Whether the application has had enough of an answer and told the answer so: told to a request, it looks like a loss. */
function isLeft({ res }: Answered): boolean {
  return Boolean(res?.errored) && isGivenUp(res?.errored)
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'object' ? header.join() : header
}
