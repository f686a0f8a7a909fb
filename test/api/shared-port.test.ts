import assert from 'node:assert/strict'
import { Server } from 'node:net'
import { test } from 'node:test'
import { until } from '../../contracts/recorder/until.ts'
import { api } from '../../src/api/routes.ts'
import { SharedPort, type SharedPortOptions } from '../../src/api/shared-port.ts'
import { shopSlices, snapshotOf, sourceOf } from './fixture.ts'

const RETRY_MS = 5_000

test('of two processes one has the port; when it is gone the other takes it, and says so once', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const one = sharing()
  await one.port.open()
  t.after(() => one.port.close())
  const { url } = one.port
  assert.deepEqual(one.told, [`${url}/api/v1/performance`])

  const other = sharing({ port: Number(new URL(url!).port) })
  await other.port.open()
  t.after(() => other.port.close())
  assert.equal(other.port.url, undefined)
  assert.deepEqual(other.states, [{ state: 'other_process', url }])

  await one.port.close()
  const listens = t.mock.method(Server.prototype, 'listen')
  t.mock.timers.tick(RETRY_MS)
  t.mock.timers.tick(RETRY_MS)
  assert.equal(listens.mock.callCount(), 1, 'an attempt that is under way is the only one')
  await until('the other one listens', () => other.port.url !== undefined)
  t.mock.timers.tick(RETRY_MS)
  assert.equal(listens.mock.callCount(), 1, 'whoever has the port does not try again')
  assert.deepEqual(other.states.slice(1), [{ state: 'listening', url }])
  assert.deepEqual(other.told, [`${url}/api/v1/performance`])
  assert.deepEqual([...one.errors, ...other.errors], [])
})

test('an address that others reach, without a token, is told to answer none of them', async (t) => {
  const open = { host: '0.0.0.0' }
  const cases = [
    [
      open,
      [/^listens on 0\.0\.0\.0, but answers only clients on this machine until a token is set/, /\/api\//],
    ],
    [{ ...open, access: { token: '' } }, [/until a token is set/, /\/api\//]],
    [{ ...open, access: { token: 'shown-to-nobody' } }, [/\/api\//]],
    [{ host: 'localhost' }, [/\/api\//]],
    [{ host: '::1' }, [/\/api\//]],
  ] as const
  for (const [options, expected] of cases) {
    const { port, told } = sharing(options)
    await port.open()
    t.after(() => port.close())
    assert.equal(told.length, expected.length, told.join('\n'))
    for (const [i, each] of expected.entries()) assert.match(told[i]!, each)
  }
})

function sharing(options: Partial<SharedPortOptions> = {}): {
  readonly port: SharedPort
  readonly states: unknown[]
  readonly told: string[]
  readonly errors: unknown[]
} {
  const states: unknown[] = []
  const told: string[] = []
  const errors: unknown[] = []
  const port = new SharedPort({
    ...{ host: '127.0.0.1', port: 0, service: 'shop', storeId: 'store-1', access: {} },
    fetch: api(sourceOf(snapshotOf(shopSlices()))).fetch,
    logger: { info: (text) => told.push(text), warn: (text) => told.push(text) },
    onState: (state) => states.push(state),
    onError: (error) => errors.push(error),
    ...options,
  })
  return { port, states, told, errors }
}
