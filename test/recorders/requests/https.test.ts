import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect as connect2, createSecureServer } from 'node:http2'
import { createServer, type RequestOptions, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { measured } from '../../../contracts/recorder/measured-server.ts'
import { said } from '../../../contracts/recorder/reading.ts'
import { Stage } from '../../../contracts/recorder/stage.ts'
import { until } from '../../../contracts/recorder/until.ts'
import { type ExpressModule, expressApplication } from '../express-application.ts'
import { installed } from '../installed.ts'

const folder = mkdtempSync(join(tmpdir(), 'yardstick-https-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]

function hasCertificate(): boolean {
  const made = ['-nodes', '-keyout', keyFile, '-out', certFile, '-days', '2', '-subj', '/CN=localhost']
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...made], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const skip = hasCertificate() ? false : 'there is no openssl to make a certificate with'
const secrets = () => ({ key: readFileSync(keyFile), cert: readFileSync(certFile) })

describe('requests over TLS', { skip }, () => {
  test('https: routes, 404 and upgrades', () =>
    measured(
      {},
      () => {
        const express = installed<ExpressModule>('express')!
        const [listener] = expressApplication(express, new Stage()).listeners('request')
        return createServer(secrets(), listener as never).on('upgrade', (_request, socket) => {
          socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')
        }) as never
      },
      async ({ port, reading, quiet }) => {
        await get(port, '/users/7')
        await get(port, '/nothing/there')
        await get(port, '/socket', { Connection: 'Upgrade', Upgrade: 'websocket' })
        await quiet()
        await until('the upgraded connection is closed', () => Object.keys(reading.outcomes()).length === 4)
        assert.deepEqual(reading.outcomes(), {
          'request GET /users/:id': said(1),
          'request GET (unmatched)': said(1),
          'wait GET (upgrade)': said(1),
          // The client is in the same process.
          'external GET 127.0.0.1': said(3),
        })
        assert.deepEqual(reading.errors, [])
      },
    ))

  test('http2 that takes HTTP/1.1, too: each request counts once', () =>
    measured(
      {},
      () => {
        const server = createSecureServer({ ...secrets(), allowHTTP1: true }, (_request, response) => {
          response.end('fine')
        })
        return Object.assign(server, { closeAllConnections: () => {} }) as never
      },
      async ({ port, reading, quiet }) => {
        await get(port, '/old')
        const client = connect2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
        await once(client.request({ ':path': '/new' }).resume(), 'close')
        client.close()
        await quiet()
        assert.deepEqual(reading.outcomes(), {
          'request GET (no route)': said(2),
          'external GET 127.0.0.1': said(1),
        })
        assert.deepEqual(reading.errors, [])
      },
    ))
})

async function get(port: number, path: string, headers: RequestOptions['headers'] = {}): Promise<void> {
  const asked = request({ host: '127.0.0.1', port, path, headers, agent: false, rejectUnauthorized: false })
  asked.on('upgrade', (_response, socket) => socket.end()).on('response', (response) => response.resume())
  asked.end()
  await once(asked, 'close')
}
