import { type RequestHandler, Router } from 'express'
import { FAULTS, type Faults, isFaultName } from '../faults.ts'

/** `GET /faults`, and `POST /faults/:name` with `{ "on": true }`. */
export function faultSwitches(faults: Faults): Router {
  const router = Router()

  router.get('/', (_request, response) => {
    response.json({ faults: faults.states(), meaning: FAULTS })
  })

  router.post('/:name', (request, response) => {
    const name = String(request.params.name)
    const on = (request.body as { on?: unknown } | undefined)?.on
    if (!isFaultName(name)) {
      response.status(404).json({ error: `known faults: ${Object.keys(FAULTS).join(', ')}` })
    } else if (typeof on !== 'boolean') {
      response.status(400).json({ error: 'the body is { "on": true } or { "on": false }' })
    } else {
      faults.turn(name, on)
      response.json({ faults: faults.states() })
    }
  })

  return router
}

/** Throws for every tenth request that passes, while the fault `error-rate` is on. */
export function flakyWhenTold(faults: Faults): RequestHandler {
  let passed = 0
  return (_request, _response, next) => {
    if (faults.isOn('error-rate') && ++passed % 10 === 0) throw new Error('the warehouse does not answer')
    next()
  }
}
