import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { CountingPostgres } from '../servers/counting-postgres.ts'
import { freePort } from '../servers/free-port.ts'
import { noPostgres } from '../servers/postgres.ts'
import { type Answer, type Call, Caller } from './caller.ts'
import { compareSeries, hasFailed, sidesApart, watched } from './compare-requests.ts'
import { compareStatements, settledWith } from './compare-statements.ts'
import { MeasuredProcess } from './measured-process.ts'

const PARSE_SERVER = resolve('test/apps/node_modules/parse-server/bin/parse-server')
const APPLICATION = { 'x-parse-application-id': 'truth' }
const MASTER = { ...APPLICATION, 'x-parse-master-key': 'key-of-the-test' }
const none = existsSync(PARSE_SERVER)
  ? noPostgres
  : 'Parse Server is not installed (npm ci --prefix test/apps)'

test('Parse Server on PostgreSQL, unmodified: what Yardstick says is what the database and a witness have written down', {
  skip: none,
}, async (t) => {
  const database = await CountingPostgres.start()
  t.after(() => database.remove())
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  // Of the database its books begin with the application: it makes its tables by one statement each.
  const parse = new MeasuredProcess({
    witness: resolve('test/truth/request-witness.cjs'),
    words: () => [PARSE_SERVER],
    env: {
      PORT: String(port),
      PARSE_SERVER_HOST: '127.0.0.1',
      PARSE_SERVER_URL: `${base}/parse`,
      PARSE_SERVER_APPLICATION_ID: APPLICATION['x-parse-application-id'],
      PARSE_SERVER_MASTER_KEY: MASTER['x-parse-master-key'],
      PARSE_SERVER_DATABASE_URI: database.url,
      PARSE_SERVER_ALLOW_CLIENT_CLASS_CREATION: 'true',
      PARSE_SERVER_FILES_ADAPTER: '{"module":"@parse/fs-files-adapter","options":{}}',
    },
  })
  t.after(() => parse.close())
  await parse.said(/(parse-server running on)/)
  const caller = new Caller(base)
  await use(caller)
  const { metrics, done } = await settledWith(parse, database)
  t.diagnostic(await parse.card())
  const requests = watched(await parse.testimony(), metrics)

  const {
    request,
    database: statements,
    database_wait,
    authentication,
    authorization,
  } = metrics.metrics_by_type
  compareSeries(request!, requests, caller.nameOf)
  assert.equal(requests.filter(hasFailed).length, 1)
  t.diagnostic(sidesApart(requests))
  const compared = compareStatements(statements!, done, database.failed())
  assert.equal(compared.equal, Object.keys(done.after).length)
  t.diagnostic(JSON.stringify(compared))
  // Three sign-ups hash, three logins compare: of a name that nobody has, with a hash kept for that.
  // Transactions ask for a connection once and for many statements.
  assert.ok(database_wait!.n > 0 && database_wait!.n < statements!.n)
  assert.deepEqual(authentication!.series.map(({ name, n, failed }) => [name, n, failed]).sort(), [
    ['bcrypt.compare', 3, 0],
    ['bcrypt.hash', 3, 0],
  ])
  assert.equal(authorization!.n, 0)
})

/** An app's first users: they sign up, write what only they may read, ask for it; some of it is refused. */
async function use(caller: Caller): Promise<void> {
  const asked = async (
    status: number,
    method: string,
    template: string,
    call: Call = {},
  ): Promise<Record<string, string>> => {
    const answer: Answer = await caller.call(method, template, {
      ...call,
      headers: { ...APPLICATION, ...call.headers },
    })
    assert.equal(answer.status, status, `${method} ${template}: ${answer.text}`)
    return answer.text.startsWith('{') ? JSON.parse(answer.text) : {}
  }
  const signUp = (status: number, username: string): Promise<Record<string, string>> =>
    asked(status, 'POST', '/parse/users', { body: { username, password: 'correct-horse' } })
  const ada = await signUp(201, 'ada')
  const bob = await signUp(201, 'bob')
  await signUp(400, 'ada')
  const signIn = (status: number, username: string, password: string): Promise<Record<string, string>> =>
    asked(status, 'POST', '/parse/login', { body: { username, password } })
  await signIn(404, 'ada', 'guess')
  await signIn(404, 'nobody', 'guess')
  const session = await signIn(200, 'ada', 'correct-horse')
  const as = ({ sessionToken }: Record<string, string>) => ({ 'x-parse-session-token': sessionToken! })
  const [own, other] = [as(session), as(bob)]
  await asked(200, 'GET', '/parse/users/me', { headers: own })
  await asked(400, 'GET', '/parse/users/me', { headers: as({ sessionToken: 'r:guess' }), name: '(no route)' })

  const NOTES = '/parse/classes/:className'
  const NOTE = `${NOTES}/:objectId`
  const notes = { className: 'Note' }
  const mine = { title: 'mine', ACL: { [ada.objectId!]: { read: true, write: true } } }
  const { objectId } = await asked(201, 'POST', NOTES, { params: notes, headers: own, body: mine })
  const note = { ...notes, objectId: objectId! }
  await asked(200, 'PUT', NOTE, { params: note, headers: own, body: { title: 'still mine' } })
  // What somebody may not see is not there: 404.
  await asked(404, 'PUT', NOTE, { params: note, headers: other, body: { title: 'stolen' } })
  await asked(404, 'GET', NOTE, { params: note, headers: other })
  const scores = { className: 'Score' }
  await Promise.all(
    Array.from({ length: 20 }, (_, points) =>
      asked(201, 'POST', NOTES, { params: scores, body: { points } }),
    ),
  )
  const best = { order: '-points', limit: '3', count: '1' }
  await asked(200, 'GET', NOTES, { params: scores, query: best })
  await asked(200, 'GET', NOTES, { params: scores, query: { where: '{"points":{"$gt":7}}' } })
  const members = {
    __op: 'AddRelation',
    objects: [{ __type: 'Pointer', className: '_User', objectId: ada.objectId }],
  }
  const role = { name: 'admins', ACL: { '*': { read: true } }, users: members }
  await asked(201, 'POST', '/parse/roles', { headers: MASTER, body: role })
  const guarded = { title: 'for admins', ACL: { 'role:admins': { read: true } } }
  await asked(201, 'POST', NOTES, { params: notes, headers: own, body: guarded })
  for (let round = 0; round < 10; round++) {
    const reads = [own, other, {}].map((headers) => asked(200, 'GET', NOTES, { params: notes, headers }))
    await Promise.all(reads)
  }
  await asked(403, 'GET', '/parse/schemas')
  await asked(200, 'GET', '/parse/schemas', { headers: MASTER })
  const file = { params: { filename: 'hello.txt' }, headers: own, body: { base64: 'aGVsbG8=' } }
  const { name } = await asked(201, 'POST', '/parse/files/:filename', file)
  await asked(200, 'GET', '/parse/files/:appId/*filepath', { params: { appId: 'truth', filepath: name! } })
  await asked(404, 'GET', '/parse/nothing/here', { name: '(unmatched)' })
  await asked(403, 'GET', NOTES, {
    params: scores,
    headers: { 'x-parse-application-id': 'other' },
    name: '(no route)',
  })
  // This version cannot do what it should with this version of its router: its fault, so the request has failed.
  const batch = { requests: [{ method: 'POST', path: '/parse/classes/Score', body: { points: 1 } }] }
  await asked(500, 'POST', '/parse/batch', { body: batch })
  await asked(200, 'DELETE', NOTE, { params: note, headers: own })
  await asked(200, 'POST', '/parse/logout', { headers: own, body: {} })
}
