import type { Recorder } from '../../measure/recorder.ts'
import { Instrument } from '../libraries/instrument.ts'
import { listen } from './channels.ts'
import { isGivenUp } from './given-up.ts'
import { OutgoingRequests, type Sent } from './outgoing-requests.ts'

interface Message {
  readonly request: { readonly method: string; readonly origin: string | URL }
  readonly response?: { readonly statusCode: number; readonly headers: readonly Buffer[] }
  /** Of the application's, when it gives up: whatever it likes. */
  readonly error?: unknown
}

interface Running extends Sent {
  answered: boolean
}

/**
 * Outgoing requests by `fetch` and `undici`, each attempt until its answer has come in whole; failed where there is none
 * or it is a 5xx. Who does not want the rest of an answer has got what it asked for, unless its time was up.
 */
export function undici(): Recorder {
  return {
    name: 'undici',
    attach: (ledger) => {
      const instrument = new Instrument('undici', ledger)
      const requests = new OutgoingRequests(ledger)
      const running = new WeakMap<object, Running>()
      listen<Message>(instrument, {
        'undici:request:create': ({ request }) => {
          const sent = requests.begin(request.method, String(request.origin), hostOf)
          if (sent !== undefined) running.set(request, { ...sent, answered: false })
        },
        'undici:request:headers': ({ request, response }) => {
          const found = running.get(request)
          if (found === undefined) return
          found.answered = true
          if (response!.statusCode >= 500) found.timing.fail()
          if (found.asked !== undefined) requests.answered(found, (name) => headerOf(response!.headers, name))
        },
        'undici:request:trailers': ({ request }) => running.get(request)?.timing.end(),
        'undici:request:error': ({ request, error }) => {
          const found = running.get(request)
          if (found === undefined) return
          if (!found.answered || !isGivenUp(error)) found.timing.fail()
          found.timing.end()
        },
      })
      return () => instrument.detach()
    },
  }
}

function hostOf(origin: string): string {
  return new URL(origin).hostname
}

/** Names and values in turn. */
function headerOf(headers: readonly Buffer[], wanted: string): string | undefined {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (String(headers[at]).toLowerCase() === wanted) return String(headers[at + 1])
  }
  return undefined
}
