// Preloaded into the shop before Yardstick: beside its requests, every call of the libraries that the shop's tracked
// operations are made of, as these libraries see them.
'use strict'
const crypto = require('node:crypto')
const { subscribe } = require('node:diagnostics_channel')
const http = require('node:http')
const { createRequire, syncBuiltinESMExports } = require('node:module')
const { DatabaseSync } = require('node:sqlite')
const timers = require('node:timers/promises')
const { isMainThread } = require('node:worker_threads')
const { note, now } = require('./request-witness.cjs')

function around(object, name, made) {
  const original = object[name]
  object[name] = function (...args) {
    return made(original, this, args)
  }
}

/** Statements by their text; `found` tells whether `get` gave a row. */
function watchSqlite() {
  const statement = Object.getPrototypeOf(new DatabaseSync(':memory:').prepare('SELECT 1'))
  for (const verb of ['get', 'all', 'run']) {
    around(statement, verb, (original, self, args) => {
      const fromMs = now()
      let threw = true
      let result
      try {
        result = original.apply(self, args)
        threw = false
        return result
      } finally {
        note({ kind: 'sql', sql: self.sourceSQL, threw, found: result !== undefined, ms: now() - fromMs })
      }
    })
  }
  around(DatabaseSync.prototype, 'exec', (original, self, args) => {
    note({ kind: 'exec', sql: args[0] })
    return original.apply(self, args)
  })
}

/** The library tells of itself; caches are told apart by their size. */
function watchCaches() {
  subscribe('lru-cache:metrics', ({ op, get, delete: why, key, cache }) => {
    if (op === 'delete' && why !== 'delete') return
    note({ kind: 'cache', op, max: cache.max, hit: get === 'hit', role: String(key).startsWith('role:') })
  })
}

function watchPasswords() {
  around(crypto, 'scrypt', (original, self, args) => {
    const fromMs = now()
    const done = args.pop()
    original.call(self, ...args, (...given) => {
      note({ kind: 'scrypt', ms: now() - fromMs })
      done(...given)
    })
  })
}

function watchParcels() {
  around(timers, 'setTimeout', (original, self, args) => {
    const fromMs = now()
    const waited = original.apply(self, args)
    waited.then(() => note({ kind: 'pause', ms: now() - fromMs }))
    return waited
  })
}

/** When the shop has loaded it. */
function watchTokens() {
  const jwt = createRequire(process.argv[1])('jsonwebtoken')
  for (const kind of ['verify', 'sign']) {
    around(jwt, kind, (original, self, args) => {
      const fromMs = now()
      try {
        return original.apply(self, args)
      } finally {
        note({ kind, ms: now() - fromMs })
      }
    })
  }
}

if (isMainThread) {
  watchSqlite()
  watchCaches()
  watchPasswords()
  watchParcels()
  syncBuiltinESMExports()
  const { emit } = http.Server.prototype
  http.Server.prototype.emit = function (type, ...args) {
    if (type === 'listening') watchTokens()
    return emit.call(this, type, ...args)
  }
}
