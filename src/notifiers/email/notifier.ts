import { connect, type Socket } from 'node:net'
import { createTransport } from 'nodemailer'
import type { Notice } from '../../alerts/notice.ts'
import { DeliveryError, type Notifier } from '../../engine/delivery.ts'
import { isLoopback } from '../../ground/loopback.ts'
import type { NotifierContext } from '../spec.ts'
import { mailOf } from './mail.ts'
import type { EmailOptions } from './options.ts'
import { smtpError } from './smtp-error.ts'

const SUBMISSION_PORT = 587
const TLS_PORT = 465

export class EmailNotifier implements Notifier {
  readonly name: string
  readonly #options: EmailOptions

  constructor(options: EmailOptions, { name }: NotifierContext) {
    this.name = name
    this.#options = options
  }

  async deliver(notice: Notice, signal: AbortSignal): Promise<void> {
    const { host, from, to, user, password, port, secure = port === TLS_PORT } = this.#options
    const at = { host, port: port ?? (secure ? TLS_PORT : SUBMISSION_PORT) }
    // The socket is ours: nodemailer has no way to end a send that is under way.
    const socket = await connected(at, signal)
    const end = (): void => {
      socket.destroy()
    }
    signal.addEventListener('abort', end, { once: true })
    try {
      const transport = createTransport({
        ...at,
        connection: socket,
        secure,
        // A password must not go over the network in clear, whatever the server offers.
        requireTLS: user !== undefined && !isLoopback(socket.remoteAddress),
        ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      await transport.sendMail({ ...mailOf(notice), from, to: typeof to === 'string' ? to : [...to] })
    } catch (error) {
      throw signal.aborted ? tooLate(host) : smtpError(error, { host, secrets: [password, user] })
    } finally {
      signal.removeEventListener('abort', end)
      end()
    }
  }
}

function connected(
  at: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = connect(at)
  const end = (): void => {
    socket.destroy()
    reject(tooLate(at.host))
  }
  signal.addEventListener('abort', end, { once: true })
  socket.once('connect', () => resolve(socket))
  socket.once('error', (error) => reject(smtpError(error, { host: at.host, secrets: [] })))
  // After the promise is settled nobody else may be listening, and an unheard 'error' would end the engine.
  socket.on('error', () => {})
  if (signal.aborted) end()
  return promise.finally(() => signal.removeEventListener('abort', end))
}

function tooLate(host: string): DeliveryError {
  return new DeliveryError(`${host}: no answer in time`, { retryable: true })
}
