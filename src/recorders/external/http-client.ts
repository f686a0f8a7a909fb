import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Timing } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import { Instrument } from '../libraries/instrument.ts'
import { listen } from './channels.ts'
import { OutgoingRequests, type Sent } from './outgoing-requests.ts'

interface Message {
  readonly request: ClientRequest
  readonly response?: IncomingMessage
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
        if (sent !== undefined) running.set(request, sent)
      }
      listen<Message>(instrument, {
        'http.client.request.created': begin,
        // Where Node.js does not publish the above.
        'http.client.request.start': begin,
        'http.client.request.error': ({ request }) => {
          const sent = running.get(request)
          sent?.timing.fail()
          sent?.timing.end()
        },
        // Its head has come, in spite of the name.
        'http.client.response.finish': ({ request, response }) => {
          const sent = running.get(request)
          if (sent === undefined || response === undefined) return
          const { timing } = sent
          const { statusCode = 0, headers } = response
          if (sent.asked !== undefined) requests.answered(sent, (name) => textOf(headers[name]))
          if (statusCode >= 500) timing.fail()
          if (statusCode === 101 || request.method === 'CONNECT') timing.end()
          else response.once('close', () => instrument.safely(() => ended(timing, response)))
        },
      })
      return () => instrument.detach()
    },
  }
}

function ended(timing: Timing, response: IncomingMessage): void {
  if (response.errored) timing.fail()
  timing.end()
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'object' ? header.join() : header
}
