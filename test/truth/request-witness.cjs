// Preloaded before Yardstick: writes every HTTP request of the process to a file ($WITNESS_LOG), one JSON text a line.
// It looks at each request from both sides of Yardstick. At the start its subscriber is called before Yardstick's, and
// the server's 'request' event comes after; at the end its 'emit' for responses, put around Yardstick's when the server
// listens, is told of 'close' before Yardstick, and its listener after. So the longer time holds the one that Yardstick
// measures, and that one holds the shorter time, whatever happens in between.
'use strict'
const { subscribe, channel } = require('node:diagnostics_channel')
const fs = require('node:fs')
const http = require('node:http')
const { isMainThread } = require('node:worker_threads')

const STARTS = 'http.server.request.start'
const now = performance.now.bind(performance)
let file
let lines = ''

/** Keeps a line until a request ends; a line costs the process as little as can be. */
function note(entry) {
  lines += `${JSON.stringify(entry)}\n`
}

function write() {
  if (lines === '') return
  file ??= fs.openSync(process.env.WITNESS_LOG, 'a')
  fs.writeSync(file, lines)
  lines = ''
}

const seen = new WeakMap()

function start({ request, response }) {
  // As they came: Express takes mount points off the URL, and may never put them back.
  const { method, url } = request
  const one = { method, url, outerMs: now(), innerMs: undefined, wallMs: Date.now() }
  seen.set(response, one)
  note({ kind: 'start', method, url })
}

function end(response, one) {
  const endMs = now()
  note({
    kind: 'request',
    method: one.method,
    url: one.url,
    status: response.statusCode,
    ended: response.writableEnded,
    wallMs: one.wallMs,
    longerMs: endMs - one.outerMs,
    shorterMs: one.innerEndMs - one.innerMs,
  })
  write()
}

/** Around whatever is there: Yardstick has been loaded by now. */
function watchEnds() {
  const { emit } = http.ServerResponse.prototype
  http.ServerResponse.prototype.emit = function (type, ...args) {
    const one = type === 'close' ? seen.get(this) : undefined
    if (one !== undefined) one.innerEndMs ??= now()
    return emit.call(this, type, ...args)
  }
}

let listens = false

if (isMainThread) {
  if (channel(STARTS).hasSubscribers) throw new Error('the witness has to be preloaded before Yardstick')
  subscribe(STARTS, start)
  const { emit } = http.Server.prototype
  http.Server.prototype.emit = function (type, ...args) {
    if (type === 'listening') {
      note({ kind: 'listening' })
      if (!listens) watchEnds()
      listens = true
    }
    if (type === 'request') {
      const [, response] = args
      const one = seen.get(response)
      response.once('close', () => end(response, one))
      one.innerMs = now()
    }
    return emit.call(this, type, ...args)
  }
  process.on('exit', write)
}

module.exports = { note, now }
