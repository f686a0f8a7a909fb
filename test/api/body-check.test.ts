import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { bodyCheck, checkedBody, type Surroundings } from '../../src/api/body-check.ts'
import { Refusal } from '../../src/api/refusal.ts'

const NOWHERE = {} as Surroundings

test('a check gets the fields as the schema reads them, of a body with other faults too', () => {
  const seen: unknown[] = []
  let reads = 0
  const count = z.string().transform((text) => {
    reads += 1
    return Number(text)
  })
  const body = z.strictObject({ count, unit: z.string().default('s'), name: z.string() })
  const check = bodyCheck<{ count: number; unit: string }>(['count', 'unit'], ({ count, unit }) => {
    seen.push([count, unit])
    return []
  })
  const asked = (input: unknown) => checkedBody(input, { body, checks: [check, check] }, NOWHERE)

  assert.deepEqual(asked({ count: '3', name: 'disks' }), { count: 3, unit: 's', name: 'disks' })
  assert.equal(reads, 1, 'a good body is read once, however many checks there are')
  assert.throws(() => asked({ count: '4', name: 5 }), Refusal)
  assert.throws(() => asked({ count: 4, name: 'disks' }), Refusal)
  assert.deepEqual(seen, [
    [3, 's'],
    [3, 's'],
    [4, 's'],
    [4, 's'],
  ])
})

test('of a field with a wrong part a check gets the others; none where the field is no such thing at all', () => {
  const match = z.strictObject({
    targets: z.array(z.string()).optional(),
    severity: z.enum(['LOW']).optional(),
  })
  const body = z.strictObject({ match })
  const check = bodyCheck<{ match: object }>(['match'], ({ match }) => [
    { parameter: 'match', detail: JSON.stringify(match) },
  ])
  const told = (input: unknown): readonly string[] => {
    try {
      checkedBody(input, { body, checks: [check] }, NOWHERE)
    } catch (error) {
      assert.ok(error instanceof Refusal)
      return error.errors?.map(({ detail }) => detail) ?? []
    }
    return assert.fail('it is refused')
  }
  assert.deepEqual(told({ match: { targets: ['a'], severity: 'LOUD' } }), [
    'match.severity: Expected one of LOW, got "LOUD".',
    '{"targets":["a"]}',
  ])
  assert.deepEqual(told({ match: { targets: ['a'], of: 1 } }), [
    'match: Expected only targets, severity, got "of".',
    '{"targets":["a"]}',
  ])
  assert.deepEqual(told({ match: [] }), ['match: Expected an object, got a list of 0.'])
})
