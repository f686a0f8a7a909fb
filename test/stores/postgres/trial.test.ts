import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chownSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { storePlace } from '../../../src/cli/validation/store-checks.ts'
import { loadSettings } from '../../../src/config/load.ts'
import { tryOut } from '../../../src/stores/postgres/trial.ts'
import { freePort } from '../../servers/free-port.ts'
import { noPostgres, PostgresServer } from '../../servers/postgres.ts'
import { unprivileged } from '../../servers/unprivileged.ts'
import { Place, serverOfFile } from './place.ts'

/** A file of the server's own user. */
function fileOf(server: PostgresServer, name: string, text: string): string {
  const path = join(server.directory, name)
  writeFileSync(path, text, { mode: 0o600 })
  if (unprivileged.uid !== undefined) chownSync(path, unprivileged.uid, unprivileged.gid!)
  return path
}

const refused = (options: Parameters<typeof tryOut>[0], message: RegExp): Promise<void> =>
  assert.rejects(tryOut(options, 'trial'), { code: 'YS_STORE_OPEN', message })

describe('trying out a PostgreSQL store', { skip: noPostgres }, async () => {
  if (noPostgres !== false) return
  const server = await serverOfFile()

  test('says what there is, with tables and without, and leaves nothing', async (context) => {
    const place = new Place(server, context)
    const options = { url: server.url, schema: place.schema }
    const trial = await tryOut(options, 'trial')
    assert.equal(trial.version, 0)
    assert.match(trial.place, /^PostgreSQL 127\.0\.0\.1:\d+\/postgres, schema place_/)
    const schemas = await server.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [place.schema])
    assert.equal(schemas.length, 0)
    await place.open()
    assert.equal((await tryOut(options, 'trial')).version, 1)
    assert.deepEqual(await place.look('SELECT * FROM @instances'), [])
    assert.deepEqual(await place.look('SELECT * FROM @flushes'), [])
  })

  test('what fails is said with the cure', async (context) => {
    await server.query('CREATE ROLE trainee LOGIN')
    const nowhere = `postgres://shop@127.0.0.1:${await freePort()}/shop`
    await refused({ url: nowhere }, /ECONNREFUSED.*; nothing listens there: check host and port/)
    await refused({ url: 'postgres://shop@no-such-host.invalid/shop' }, /; the host is not known here/)
    await refused(
      { url: server.urlFor('postgres', 'nowhere') },
      /"nowhere" does not exist; create the database/,
    )
    await refused({ url: server.urlFor('stranger') }, /role "stranger" does not exist; check the user/)
    await refused({ url: server.urlFor('trainee') }, /permission denied.*; GRANT CREATE ON DATABASE/)
    await refused({ url: 'shop-db:5432' }, /needs a URL such as/)
    const place = new Place(server, context)
    await place.open()
    await server.query(`GRANT USAGE ON SCHEMA ${place.schema} TO trainee`)
    await server.query(`GRANT ALL ON ALL TABLES IN SCHEMA ${place.schema} TO trainee`)
    await refused(
      { url: server.urlFor('trainee'), schema: place.schema },
      /the tables belong to postgres, we are trainee; all processes of a service use one user/,
    )
  })

  test('a wrong password, and TLS that is missing, unknown, for another host, and right', async (context) => {
    const strict = await PostgresServer.start()
    context.after(() => strict.remove())
    await strict.query("CREATE ROLE shop LOGIN PASSWORD 's3cret'")
    const rules = 'local all all trust\nhost all postgres 127.0.0.1/32 trust\n'
    fileOf(strict, 'data/pg_hba.conf', `${rules}host all shop 127.0.0.1/32 scram-sha-256\n`)
    await strict.query('SELECT pg_reload_conf()')
    const urlOf = (password: string, rest = '') =>
      `postgres://shop:${password}@127.0.0.1:${strict.port}/postgres${rest}`
    await refused({ url: urlOf('wrong') }, /password authentication failed.*; check user and password/)
    const error = await tryOut({ url: urlOf('wr0ng') }, 'trial').catch((failure: Error) => failure)
    assert.doesNotMatch((error as Error).message, /wr0ng/)
    await refused(
      { url: urlOf('s3cret', '?sslmode=require') },
      /does not support SSL.*; the server has no TLS/,
    )

    const [key, cert] = [fileOf(strict, 'key.pem', ''), fileOf(strict, 'cert.pem', '')]
    const made = ['-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=shop-db']
    const certify = (...more: readonly string[]) =>
      execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...made, ...more], { stdio: 'ignore' })
    try {
      certify()
    } catch {
      return context.diagnostic('there is no openssl to make a certificate with')
    }
    for (const [name, path] of [
      ['ssl_key_file', key],
      ['ssl_cert_file', cert],
    ])
      await strict.query(`ALTER SYSTEM SET ${name} = '${path}'`)
    await strict.query('ALTER SYSTEM SET ssl = on')
    fileOf(strict, 'data/pg_hba.conf', `${rules}hostssl all shop 127.0.0.1/32 scram-sha-256\n`)
    await strict.query('SELECT pg_reload_conf()')
    await refused({ url: urlOf('s3cret') }, /no encryption; the server wants TLS: add \?sslmode=verify-full/)
    await refused({ url: urlOf('s3cret', '?sslmode=verify-full') }, /; nobody known here has signed/)
    const verified = { url: urlOf('s3cret', `?sslmode=verify-full&sslrootcert=${cert}`) }
    await refused(verified, /; the certificate is for another host/)
    certify('-addext', 'subjectAltName=IP:127.0.0.1')
    await strict.query('SELECT pg_reload_conf()')
    await strict.query('GRANT CREATE ON DATABASE postgres TO shop')
    const { url } = verified
    const encrypted = { url: urlOf('s3cret'), ssl: { ca: readFileSync(cert, 'utf8') } }
    for (const options of [{ url }, encrypted]) assert.equal((await tryOut(options, 'trial')).version, 0)
  })

  test('a standby is refused: figures are kept at the primary', async (context) => {
    const standby = await PostgresServer.start()
    context.after(() => standby.remove())
    await standby.stop()
    fileOf(standby, 'data/standby.signal', '')
    await standby.start()
    await refused({ url: standby.url }, /; this is a standby: name the primary/)
  })

  test('yardstick validate says it as one line of its list', async () => {
    const placed = async (url: string) => {
      const environment = { YARDSTICK_STORE: url }
      return storePlace(await loadSettings({ directory: '.', environment, options: {} }), '.')
    }
    const good = await placed(server.url)
    assert.equal(good.outcome, 'passed')
    assert.match(good.detail, /server 1\d.*the tables can be made, which the first process does/)
    const bad = await placed(server.urlFor('postgres', 'nowhere'))
    assert.equal(bad.outcome, 'failed')
    assert.match(bad.detail, /"nowhere" does not exist; create the database, .*\[YS_STORE_OPEN\]/)
  })
})
