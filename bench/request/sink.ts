import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A collector that takes whatever it is sent and forgets it: rivals that send must have somewhere to send to. */
export interface Sink {
  readonly url: string
  /** The same by TLS on `localhost`; `undefined` where there is no openssl to make a certificate with. */
  readonly secure: { readonly port: number; readonly certificateFile: string } | undefined
  readonly close: () => void
}

export async function openSink(): Promise<Sink> {
  const directory = mkdtempSync(join(tmpdir(), 'yardstick-bench-'))
  const files = certificate(directory)
  const server = createServer(forget)
  const secureServer =
    files && createSecureServer({ key: readFileSync(files.key), cert: readFileSync(files.cert) }, forget)
  return {
    url: `http://127.0.0.1:${await listen(server)}`,
    secure: files && { port: await listen(secureServer!), certificateFile: files.cert },
    close: () => {
      for (const each of [server, secureServer]) {
        each?.close()
        each?.closeAllConnections()
      }
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

const forget: RequestListener = (request, response) => {
  request.resume().on('end', () => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(welcome(request.url!, request.socket.localPort!)))
  })
}

/** New Relic's agent asks where to go and who it is before it measures anything; the others read no answer. */
function welcome(path: string, port: number): object {
  const answers: Readonly<Record<string, object>> = {
    preconnect: { redirect_host: `localhost:${port}` },
    connect: { agent_run_id: 'bench' },
  }
  const method = new URL(path, 'http://sink').searchParams.get('method')
  return method === null ? {} : { return_value: answers[method] ?? null }
}

function certificate(directory: string): { readonly key: string; readonly cert: string } | undefined {
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  const made = spawnSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
      .concat(['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'])
      .concat(['-keyout', key, '-out', cert]),
    { stdio: 'ignore' },
  )
  return made.status === 0 ? { key, cert } : undefined
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}
