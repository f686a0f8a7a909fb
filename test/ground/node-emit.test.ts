import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { nodeEmit } from '../../src/ground/node-emit.ts'

test('Node’s own emit is known by its source', () => {
  assert.equal(nodeEmit, EventEmitter.prototype.emit)
})

test('one that was put in its place before is not taken for it', () => {
  const script = `
    import { EventEmitter } from 'node:events'
    const { emit } = EventEmitter.prototype
    EventEmitter.prototype.emit = function (...given) { return emit.apply(this, given) }
    const { nodeEmit } = await import('./src/ground/node-emit.ts')
    console.log(nodeEmit)`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  assert.equal(stdout, 'undefined\n')
})
