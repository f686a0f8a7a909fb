import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Manner, Received, Receiver } from './receiver.ts'

const TRICKLE_MS = 20

/** Where SMTP says what HTTP says with this status, and with which code. */
const REFUSALS: Readonly<Record<number, { readonly at: RegExp; readonly code: string }>> = {
  400: { at: /^RCPT/i, code: '550 5.1.1' },
  401: { at: /^AUTH/i, code: '535 5.7.8' },
  403: { at: /^MAIL/i, code: '550 5.7.1' },
  429: { at: /^MAIL/i, code: '450 4.7.1' },
  500: { at: /^DATA/i, code: '451 4.3.0' },
  503: { at: /^EHLO/i, code: '421 4.3.2' },
}

/** Speaks just enough SMTP to be rude in all the ways that count. */
export async function smtpReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    const { manner } = receiver
    switch (manner.kind) {
      case 'hang':
        return void socket.resume()
      case 'reset':
        return void socket.resetAndDestroy()
      case 'garbage':
        return void socket.end('HTTP/1.1 200 OK\r\n\r\n¿que?')
      case 'trickle': {
        const timer = setInterval(() => socket.write('2'), TRICKLE_MS)
        return void socket.on('close', () => clearInterval(timer)).resume()
      }
      case 'accept':
      case 'refuse':
        converse(socket, manner, received)
    }
  })
  const receiver: Receiver = {
    port: 0,
    manner: { kind: 'accept' },
    received,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(receiver, { port: (server.address() as AddressInfo).port })
}

function converse(socket: Socket, manner: Manner, received: Received[]): void {
  const said: string[] = []
  let mail: string[] | undefined
  const refusal = manner.kind === 'refuse' ? REFUSALS[manner.status] : undefined
  const say = (line: string): void => void socket.write(`${line}\r\n`)
  say('220 receiver.test ESMTP')
  createInterface({ input: socket }).on('line', (line) => {
    if (mail !== undefined) {
      if (line !== '.') return void mail.push(line)
      received.push({ what: said.join('\n'), headers: {}, body: mail.join('\r\n') })
      mail = undefined
      return say('250 2.0.0 taken')
    }
    said.push(line)
    if (refusal?.at.test(line)) return say(`${refusal.code} no: ${said.join(' ')}`)
    if (/^EHLO/i.test(line)) return say('250-receiver.test\r\n250-AUTH PLAIN\r\n250 8BITMIME')
    if (/^AUTH/i.test(line)) return say('235 2.7.0 welcome')
    if (/^QUIT/i.test(line)) return void socket.end('221 2.0.0 bye\r\n')
    if (!/^DATA/i.test(line)) return say('250 2.0.0 ok')
    mail = []
    return say('354 go on')
  })
}
