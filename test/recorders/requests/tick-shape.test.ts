import assert from 'node:assert/strict'
import { AsyncLocalStorage, createHook } from 'node:async_hooks'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { keepTickShape } from '../../../src/recorders/requests/tick-shape.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

test('one tick is kept, and nothing of the context in which it was made', async () => {
  const held = kept()
  await turn()
  await turn()
  collect()
  assert.notEqual(held.tick.deref(), undefined, 'no tick is kept')
  assert.equal(held.store.deref(), undefined, 'the context is kept')
})

/** Weakly, what there is: nothing here holds either. */
function kept(): { readonly tick: WeakRef<object>; readonly store: WeakRef<object> } {
  const ticks: WeakRef<object>[] = []
  const init = (_id: number, type: string, _trigger: number, resource: object): void => {
    if (type === 'TickObject') ticks.push(new WeakRef(resource))
  }
  const hook = createHook({ init })
  const store = {}
  hook.enable()
  new AsyncLocalStorage<object>().run(store, keepTickShape)
  hook.disable()
  assert.equal(ticks.length, 1)
  return { tick: ticks[0]!, store: new WeakRef(store) }
}
