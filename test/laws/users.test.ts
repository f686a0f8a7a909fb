import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LoopReader } from '../../src/measure/loop-reader.ts'
import { LoopTally } from '../../src/measure/loop-tally.ts'
import { REGISTERS, rankOf, sparseUsers, Users, userHash } from '../../src/measure/users.ts'

/** Ways in which users are told apart in practice. */
const KINDS: Readonly<Record<string, (i: number) => number>> = {
  'numbers in turn': (i) => userHash(String(i), ''),
  'long identities with the same start': (i) => userHash(`customer:eu-central-1:${1_000_000 + i}`, ''),
  'addresses and one agent': (i) =>
    userHash(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 'Mozilla/5.0 (X11; Linux x86_64)'),
  'one address and agents': (i) => userHash('192.0.2.1', `agent/${i}`),
}

function registersOf(hashes: Iterable<number>): Uint8Array {
  const registers = new Uint8Array(REGISTERS)
  for (const hash of hashes) {
    const place = hash >>> 20
    registers[place] = Math.max(registers[place]!, rankOf(hash))
  }
  return registers
}

function usersOf(...parts: readonly Uint8Array[]): Users {
  const users = new Users()
  for (const part of parts) users.merge(part)
  return users
}

for (const [kind, hashOf] of Object.entries(KINDS)) {
  test(`the number of users is right within 5 %: ${kind}`, () => {
    const registers = new Uint8Array(REGISTERS)
    let seen = 0
    for (const distinct of [0, 1, 10, 100, 1000, 5000, 10_000, 20_000, 50_000, 100_000, 300_000, 1_000_000]) {
      for (; seen < distinct; seen++) {
        const hash = hashOf(seen)
        const place = hash >>> 20
        registers[place] = Math.max(registers[place]!, rankOf(hash))
      }
      const estimate = usersOf(registers).estimate()
      assert.ok(Math.abs(estimate - distinct) <= 0.05 * distinct, `${estimate} for ${distinct}`)
    }
  })
}

const hashes = fc.array(fc.tuple(fc.string(), fc.string()).map(([first, second]) => userHash(first, second)))

test('merging is union, in any order, any number of times', () => {
  fc.assert(
    fc.property(hashes, hashes, hashes, (a, b, c) => {
      const [x, y, z] = [registersOf(a), registersOf(b), registersOf(c)]
      const whole = usersOf(registersOf([...a, ...b, ...c])).estimate()
      assert.equal(usersOf(x, y, z).estimate(), whole)
      assert.equal(usersOf(z, x, y, x, z).estimate(), whole)
    }),
  )
})

test('the sparse form holds the same', () => {
  fc.assert(
    fc.property(hashes, hashes, (a, b) => {
      const users = new Users()
      users.mergeSparse(sparseUsers(registersOf(a)))
      users.mergeSparse(sparseUsers(registersOf(b)))
      assert.equal(users.estimate(), usersOf(registersOf([...a, ...b])).estimate())
    }),
  )
})

test('the same users count once, however often and in whatever order they come', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 10 }),
      fc.infiniteStream(fc.nat()),
      (names, order) => {
        const once = names.map((name) => userHash(name, ''))
        const often = once.length === 0 ? [] : [...order.take(50)].map((i) => once[i % once.length]!)
        const count = usersOf(registersOf([...often, ...once])).estimate()
        assert.equal(count, usersOf(registersOf(once)).estimate())
        // Ten of 4 096 registers: two of them collide one time in a hundred.
        assert.ok(count <= names.length && count >= names.length - 2)
      },
    ),
  )
})

test('a user is two texts in turn, not their concatenation', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), (first, second) => {
      assert.notEqual(userHash(first, second), userHash('', first + second))
    }),
  )
})

test('users seen between two turns are in the reading of the retired half, and in no other', () => {
  fc.assert(
    fc.property(fc.array(hashes, { maxLength: 6 }), (seconds) => {
      const loop = new LoopTally()
      const reader = new LoopReader(loop.buffer)
      for (const seen of seconds) {
        for (const hash of seen) loop.userSeen(hash)
        const retired = reader.half
        reader.prepare(1 - retired)
        reader.turn(1 - retired)
        const { places, ranks } = reader.read(retired).users
        const registers = new Uint8Array(REGISTERS)
        for (const [i, place] of places.entries()) registers[place] = ranks[i]!
        assert.deepEqual(registers, registersOf(seen))
      }
    }),
  )
})
