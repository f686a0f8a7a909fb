// A shop as people write them, full of secrets: of its users, of its own, and in every error that it throws. $SECRETS
// says where each is planted; the modules are those of this repository.
'use strict'
const { createServer } = require('node:http')
const { createRequire } = require('node:module')
const modules = createRequire(process.env.MODULES)
const express = modules('express')
const pg = modules('pg')
const redis = modules('redis')
const jwt = modules('jsonwebtoken')
const { LRUCache } = modules('lru-cache')

const S = JSON.parse(process.env.SECRETS)
const pool = new pg.Pool({ connectionString: process.env.PG_URL })
pool.on('error', () => {})
const shared = redis.createClient({ url: process.env.REDIS_URL, name: S.connection })
const local = new LRUCache({ max: 100 })
const app = express()
const ignored = () => {}

app.use(express.json())
app.get('/users/:id', async (_request, response) => {
  await pool.query(`SELECT '${S.literal}', $1::text -- ${S.comment}`, [S.parameter])
  await pool.query({ name: S.prepared, text: `SELECT $$${S.quoted}$$ /* ${S.comment} */` })
  await shared.set(S.key, S.value)
  await shared.hGet(S.key, S.key).catch(ignored)
  await shared.eval(`return '${S.script}'`)
  local.set(S.key, S.value)
  local.get(S.key)
  const token = jwt.sign({ sub: S.user, claim: S.claim }, S.signing)
  jwt.verify(token, S.signing)
  await fetch(`${process.env.OTHER_URL}/${S.path}?key=${S.query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${S.header}`, cookie: S.cookie },
    body: S.body,
  }).catch(ignored)
  response.cookie('session', S.cookie).json({ token })
})
app.post('/login', (_request, response) => {
  try {
    jwt.verify(S.jwt, S.signing)
  } catch {
    response.status(401).json({ error: S.error })
  }
})
app.get('/broken', async () => {
  await pool.query(`SELECT * FROM nothing WHERE secret = '${S.literal}'`)
})
app.get('/thrown', () => {
  const error = new Error(S.error)
  error.stack = `${S.error}\n    at ${S.stack} (/srv/${S.stack}.js:1:1)`
  error.code = S.code
  throw error
})
app.get('/destroyed', (_request, response) => void response.destroy(new Error(S.error)))
app.use((error, _request, response, _next) => response.status(500).json({ error: error.message }))
process.on('uncaughtException', ignored)
process.on('unhandledRejection', ignored)
app.get('/uncaught', (_request, response) => {
  response.end('soon')
  setImmediate(() => {
    throw new Error(S.error)
  })
  Promise.reject(new Error(S.error))
})

void shared.connect().then(() => {
  const server = createServer(app)
  server.listen(0, '127.0.0.1', () => process.stdout.write(`up ${server.address().port}\n`))
})
