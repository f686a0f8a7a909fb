import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Reading, said } from '../../../contracts/recorder/reading.ts'
import { OwnPromise } from '../../../src/ground/promise.ts'
import { Scope } from '../../../src/measure/scope.ts'
import { Instrument } from '../../../src/recorders/libraries/instrument.ts'

type Call = (this: unknown, ...given: unknown[]) => unknown

/** A target with one method, timed. */
function timed(method: Call): {
  readonly target: { ask: Call }
  readonly reading: Reading
  readonly instrument: Instrument
} {
  const reading = new Reading()
  const instrument = new Instrument('fake', reading.ledger)
  const target = { ask: method }
  instrument.time(target, 'ask', () => reading.ledger.primitive('database', 'ask'))
  return { target, reading, instrument }
}

describe('a timed method is what it was', () => {
  test('name, length, own properties, receiver, arguments, result', () => {
    const method = Object.assign(
      function ask(this: unknown, a: unknown, b: unknown) {
        return [this, a, b]
      },
      { tag: 7 },
    )
    const { target, reading, instrument } = timed(method as Call)
    assert.deepEqual([target.ask.name, target.ask.length, Object.keys(target.ask)], ['ask', 2, ['tag']])
    assert.deepEqual(target.ask(1, 2), [target, 1, 2])
    assert.deepEqual(reading.outcomes(), { 'database ask': said(1) })
    instrument.detach()
    assert.equal(target.ask, method)
  })

  test('what it throws at once is the same error, and counts as failed', () => {
    const error = new Error('no')
    const { target, reading } = timed(() => {
      throw error
    })
    assert.throws(
      () => target.ask(),
      (thrown) => thrown === error,
    )
    assert.deepEqual(reading.outcomes(), { 'database ask': said(0, 1) })
  })

  test('a promise: value and error, and a thenable of another kind is not touched', async () => {
    const error = new Error('no')
    const { target, reading } = timed((given) => given)
    assert.equal(await target.ask(Promise.resolve(7)), 7)
    await assert.rejects(target.ask(Promise.reject(error)) as Promise<unknown>, (thrown) => thrown === error)
    let asked = 0
    const lazy = {
      // biome-ignore lint/suspicious/noThenProperty: the lazy thenable of a query builder
      then: () => void asked++,
    }
    assert.equal(target.ask(lazy), lazy)
    class Lazy extends Promise<unknown> {}
    const derived = new Lazy(() => {})
    assert.equal(target.ask(derived), derived)
    assert.equal(asked, 0)
    assert.deepEqual(reading.outcomes(), { 'database ask': said(3, 1) })
  })

  test('a promise of an async method where the application has put its own kind in the place of all', async (t) => {
    t.after(() => Object.assign(globalThis, { Promise: OwnPromise }))
    let answer: () => void = () => {}
    const answered = new Promise<void>((done) => {
      answer = done
    })
    const { target, reading } = timed(async () => {
      await answered
      throw new RangeError('no')
    })
    Object.assign(globalThis, { Promise: class {} })
    const asked = target.ask() as Promise<unknown>
    assert.deepEqual(reading.outcomes(), {})
    answer()
    await assert.rejects(asked, RangeError)
    assert.deepEqual(reading.outcomes(), { 'database ask': said(0, 1) })
  })

  test('a callback: receiver, arguments, what it returns and throws, and it runs in the request of the caller', () => {
    const callbacks: Call[] = []
    const { target, reading } = timed((callback) => void callbacks.push(callback as Call))
    const { scopes } = reading.ledger
    const [mine, other] = [new Scope(0), new Scope(0)]
    const seen: unknown[] = []
    scopes.run(mine, () =>
      target.ask(function (this: unknown, ...given: unknown[]) {
        seen.push(this, given, scopes.getStore() === mine)
        return 'returned'
      }),
    )
    const returned = scopes.run(other, () => callbacks[0]!.call('this', null, 'value'))
    assert.deepEqual([returned, seen], ['returned', ['this', [null, 'value'], true]])
    target.ask(() => {
      throw new RangeError('theirs')
    })
    assert.throws(() => callbacks[1]!(new Error('no')), RangeError)
    assert.deepEqual(reading.outcomes(), { 'database ask': said(1, 1) })
  })

  test('a class as the last argument of an async method is no callback', async () => {
    class Response {}
    const { target, reading } = timed(async (kind: unknown) => kind)
    assert.equal(await target.ask(Response), Response)
    assert.deepEqual(reading.outcomes(), { 'database ask': said(1) })
  })

  test('a second instrument does not time it again', () => {
    const { target, reading } = timed(() => 7)
    const second = new Reading()
    new Instrument('fake', second.ledger).time(target, 'ask', () =>
      second.ledger.primitive('database', 'ask'),
    )
    target.ask()
    assert.deepEqual([reading.outcomes(), second.outcomes()], [{ 'database ask': said(1) }, {}])
  })

  test('wrapped by somebody else meanwhile, it passes calls on once it is detached', () => {
    const { target, reading, instrument } = timed(() => 7)
    const ours = target.ask
    target.ask = (...given) => ours(...given)
    instrument.detach()
    assert.equal(target.ask(), 7)
    assert.deepEqual(reading.outcomes(), {})
  })
})

test('a rejection that nobody handles stays one, with the same error and told once', () => {
  const url = (file: string): string => pathToFileURL(resolve(file)).href
  const source = `
    const { Reading } = await import('${url('contracts/recorder/reading.ts')}')
    const { Instrument } = await import('${url('src/recorders/libraries/instrument.ts')}')
    const error = new Error('nobody')
    const target = { ask: async () => { throw error } }
    const { ledger } = new Reading()
    if (process.argv[1] === 'timed') {
      new Instrument('fake', ledger).time(target, 'ask', () => ledger.primitive('database', 'ask'))
    }
    process.on('unhandledRejection', (reason, promise) => console.log('unhandled', reason === error, promise === asked))
    process.on('rejectionHandled', () => console.log('handled'))
    const asked = target.ask()`
  const run = (how: string): string => {
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source, how], {
      encoding: 'utf8',
    })
    assert.equal(stderr, '')
    return stdout
  }
  assert.equal(run('bare'), 'unhandled true true\n')
  assert.equal(run('timed'), run('bare'))
})
