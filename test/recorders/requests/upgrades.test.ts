import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect } from 'node:tls'
import { measured } from '../../../contracts/recorder/measured-server.ts'
import { head } from '../../../contracts/recorder/raw-client.ts'
import { said } from '../../../contracts/recorder/reading.ts'
import { until } from '../../../contracts/recorder/until.ts'

const UPGRADE = head('GET', '/chat?room=secret', 'Connection: Upgrade', 'Upgrade: websocket')
const switching = (_request: unknown, socket: Socket): void => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
  socket.on('end', () => socket.end()).resume()
}

test('its user counts, a refused one is a wait too, an ignored one is nothing', () =>
  measured(
    { ignore: ['/quiet'] },
    () =>
      createServer().on('upgrade', (request, socket: Socket) => {
        if (request.url === '/refused') socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
        else switching(request, socket)
      }),
    async ({ open, reading }) => {
      for (const path of ['/chat', '/refused', '/quiet']) {
        const client = open()
        client.send(UPGRADE.replace('/chat?room=secret', path))
        await client.received(/HTTP\/1\.1 /)
        client.leave()
        await client.closed()
      }
      await until('both are recorded', () => reading.outcomes()['wait GET (upgrade)'] === said(2))
      assert.deepEqual(reading.outcomes(), { 'wait GET (upgrade)': said(2) })
      assert.equal(reading.users(), 1)
    },
  ))

test('one with a body that comes in parts is of the user who asked before', () =>
  measured(
    {},
    () => createServer((_request, response) => response.end('plain')).on('upgrade', switching),
    async ({ open, reading }) => {
      const asking = open()
      asking.send(head('GET', '/'))
      await asking.received(/plain/)
      const client = open()
      client.send(head('POST', '/chat', 'Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 6'))
      await client.received(/101 /)
      client.send('a part')
      client.leave()
      await until('both are recorded', () => Object.keys(reading.outcomes()).length === 2)
      assert.equal(reading.users(), 1)
    },
  ))

test('a server that knows no upgrades answers as it would, and that is a request', () =>
  measured(
    {},
    () => createServer((_request, response) => response.end('plain')),
    async ({ open, reading, quiet }) => {
      const client = open()
      client.send(UPGRADE)
      await client.received(/plain/)
      await quiet()
      assert.deepEqual(reading.outcomes(), { 'request GET (no route)': said(1) })
    },
  ))

test('one that a server hands on to another counts once, and what an application emits by that name not at all', () => {
  const inner = createServer().on('upgrade', switching)
  const server = createServer().on('upgrade', (...given) => void inner.emit('upgrade', ...given))
  return measured(
    {},
    () => server,
    async ({ open, reading }) => {
      for (let told = 0; told < 20; told++) server.emit('connect', 'to somebody')
      const client = open()
      client.send(UPGRADE)
      await client.received(/101 /)
      client.leave()
      await until('it is recorded', () => Object.keys(reading.outcomes()).length > 0)
      assert.deepEqual([reading.outcomes(), reading.errors], [{ 'wait GET (upgrade)': said(1) }, []])
    },
  )
})

test('CONNECT', () =>
  measured(
    {},
    () => createServer().on('connect', switching),
    async ({ open, reading }) => {
      const client = open()
      client.send('CONNECT example.test:443 HTTP/1.1\r\nHost: example.test\r\n\r\n')
      await client.received(/101 /)
      client.leave()
      await until('it is recorded', () => Object.keys(reading.outcomes()).length > 0)
      assert.deepEqual(reading.outcomes(), { 'wait CONNECT (upgrade)': said(1) })
    },
  ))

test('over TLS: upgrades, requests, and clients that leave', async (t) => {
  const files = selfSigned()
  if (files === undefined) return t.skip('openssl is not installed')
  await measured(
    {},
    () =>
      createSecureServer(files, (request, response) => {
        if (request.url === '/fine') response.end('fine')
      }).on('upgrade', switching),
    async ({ port, reading, inFlight, quiet }) => {
      const ask = async (text: string, until: RegExp | undefined): Promise<void> => {
        const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
        let received = ''
        socket.on('data', (chunk) => {
          received += String(chunk)
        })
        socket.write(text)
        if (until === undefined)
          while (inFlight() === 0) await new Promise((resolve) => setImmediate(resolve))
        else while (!until.test(received)) await once(socket, 'data')
        socket.destroy()
        await once(socket, 'close')
      }
      await ask(UPGRADE, /101 /)
      await ask(head('GET', '/fine'), /fine/)
      await quiet()
      await ask(head('GET', '/never'), undefined)
      await quiet()
      await until('all is recorded', () => Object.keys(reading.outcomes()).length === 2)
      assert.deepEqual(reading.outcomes(), {
        'request GET (no route)': said(2),
        'wait GET (upgrade)': said(1),
      })
      assert.deepEqual(reading.errors, [])
    },
  )
})

/** A certificate for a minute's use; `undefined` where there is no openssl. */
function selfSigned(): { key: string; cert: string } | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-tls-'))
  try {
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
    const made = spawnSync('openssl', [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '1',
      ],
      ...['-subj', '/CN=localhost', '-keyout', key, '-out', cert],
    ])
    return made.status === 0
      ? { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
      : undefined
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
