import type { SelfReport } from '../engine/snapshot.ts'
import type { Logger } from '../ground/logger.ts'
import { isLoopback, isLoopbackName } from '../ground/loopback.ts'
import { openPort, type Port, type PortOptions } from './port.ts'

const RETRY_MS = 5_000

export interface SharedPortOptions extends PortOptions {
  /** Told where the port is, or why there is none, whenever that changes. */
  readonly logger: Logger
  /** Hears what became of every attempt. */
  readonly onState: (state: SelfReport['port']) => void
}

/**
 * The own port among processes that share a store and a host: the first has it; the others look again now and then, in
 * case it has died. The socket itself decides: a lease would outlive a killed process by its whole term.
 */
export class SharedPort {
  readonly #options: SharedPortOptions
  #port: Port | undefined
  #taking = false
  #retry: NodeJS.Timeout | undefined

  constructor(options: SharedPortOptions) {
    this.#options = options
  }

  /** Where this process listens; `undefined` while it does not. */
  get url(): string | undefined {
    return this.#port?.state === 'listening' ? this.#port.url : undefined
  }

  /** Tries to have it, and from now on tries again. */
  async open(): Promise<void> {
    await this.#take()
    this.#retry = setInterval(() => this.#take().catch(this.#options.onError), RETRY_MS)
  }

  async close(): Promise<void> {
    clearInterval(this.#retry)
    if (this.#port?.state === 'listening') await this.#port.close()
  }

  async #take(): Promise<void> {
    if (this.#port?.state === 'listening' || this.#taking) return
    this.#taking = true
    const before = this.#port?.state
    const port = await openPort(this.#options)
    this.#port = port
    this.#taking = false
    this.#options.onState(stateOf(port))
    if (before !== port.state) this.#announce(port)
  }

  #announce(port: Port): void {
    const { access, host, logger } = this.#options
    if (port.state === 'failed') logger.warn(port.reason)
    if (port.state !== 'listening') return
    if (port.reason !== undefined) logger.warn(port.reason)
    // Whoever opens it to others finds out here, not by what their clients are refused.
    const isOpen = !isLoopback(host) && !isLoopbackName(host)
    if (isOpen && (access.token ?? '') === '') {
      logger.warn(
        `listens on ${host}, but answers only clients on this machine until a token is set: YARDSTICK_TOKEN.`,
      )
    }
    logger.info(`${port.url}/api/v1/performance`)
  }
}

function stateOf(port: Port): SelfReport['port'] {
  if (port.state !== 'listening') return port
  const { url, reason } = port
  return { state: 'listening', url, ...(reason === undefined ? {} : { reason }) }
}
