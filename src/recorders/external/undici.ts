import type { Timing } from '../../measure/operation.ts'
import type { Recorder } from '../../measure/recorder.ts'
import { Instrument } from '../instrument.ts'
import { listen } from './channels.ts'
import { Hosts } from './hosts.ts'

interface Message {
  readonly request: { readonly method: string; readonly origin: string | URL }
  readonly response?: { readonly statusCode: number }
  readonly error?: { readonly name?: string }
}

interface Running {
  readonly timing: Timing
  answered: boolean
}

/**
 * Outgoing requests by `fetch` and `undici`, each attempt until its answer has come in whole; failed where there is none
 * or it is a 5xx. Who does not want the rest of an answer has got what it asked for.
 */
export function undici(): Recorder {
  return {
    name: 'undici',
    attach: (ledger) => {
      const instrument = new Instrument('undici', ledger)
      const hosts = new Hosts(ledger)
      const running = new WeakMap<object, Running>()
      listen<Message>(instrument, {
        'undici:request:create': ({ request }) => {
          const operation = hosts.find(
            request.method,
            String(request.origin),
            (origin) => new URL(origin).hostname,
          )
          running.set(request, { timing: operation.start(), answered: false })
        },
        'undici:request:headers': ({ request, response }) => {
          const found = running.get(request)
          if (found === undefined) return
          found.answered = true
          if (response!.statusCode >= 500) found.timing.fail()
        },
        'undici:request:trailers': ({ request }) => running.get(request)?.timing.end(),
        'undici:request:error': ({ request, error }) => {
          const found = running.get(request)
          if (found === undefined) return
          if (!found.answered || error?.name !== 'AbortError') found.timing.fail()
          found.timing.end()
        },
      })
      return () => instrument.detach()
    },
  }
}
