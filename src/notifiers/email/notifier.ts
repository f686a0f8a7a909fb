import { createTransport } from 'nodemailer'
import type { Notice } from '../../alerts/notice.ts'
import type { Notifier } from '../../engine/delivery.ts'
import { isLoopbackName } from '../../ground/loopback.ts'
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
    const transport = createTransport({
      host,
      port: port ?? (secure ? TLS_PORT : SUBMISSION_PORT),
      secure,
      // A password must not go over the network in clear, whatever the server offers.
      requireTLS: user !== undefined && !isLoopbackName(host),
      ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    const receivers = typeof to === 'string' ? to : [...to]
    try {
      await transport.sendMail({ ...mailOf(notice), from, to: receivers, signal })
    } catch (error) {
      throw smtpError(error, { host, secrets: [password, user] })
    }
  }
}
