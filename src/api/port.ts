import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AccessRules } from './access.ts'
import { identityOf } from './identity.ts'
import { type Occupant, occupant } from './occupant.ts'
import { boundedServer } from './server.ts'

export interface PortOptions {
  /** Address to listen on, e.g. `127.0.0.1`. Beyond loopback only requests with the token are answered. */
  readonly host: string
  /** First port to try; 0 takes any free one. */
  readonly port: number
  readonly fetch: (request: Request) => Response | Promise<Response>
  readonly access: AccessRules
  readonly service: string
  /** As in `ApiSettings`. */
  readonly storeId: string
  readonly onError: (error: unknown) => void
}

/** What became of the own port. `reason` is a sentence for people: why not the port that was asked for. */
export type Port =
  | {
      readonly state: 'listening'
      readonly url: string
      readonly port: number
      readonly reason?: string
      /** So that whoever measures HTTP servers in this process can leave ours out. */
      readonly server: Server
      readonly close: () => Promise<void>
    }
  /** Another process of the same service and store has the port; what it shows is what it recorded itself. */
  | { readonly state: 'other_process'; readonly url: string }
  | { readonly state: 'failed'; readonly reason: string }

const NEXT_PORTS = 20
/** One of the same service may open its store before it answers, while all cores start something; not so on later ports. */
const SIBLING_MS = 2_000

/**
 * Opens Yardstick's own port, or the next free one of 20 where another program has it. Never throws and never keeps
 * the process alive.
 */
export async function openPort(options: PortOptions): Promise<Port> {
  const identity = identityOf(options.service, options.storeId)
  const last = options.port === 0 ? 0 : Math.min(options.port + NEXT_PORTS, 65_535)
  const taken: Taken[] = []
  for (let port = options.port; port <= last; port++) {
    const server = boundedServer({ ...options, identity })
    const failure = await listen(server, options.host, port)
    if (failure === undefined) return listening(server, options, taken)
    if (failure.code !== 'EADDRINUSE') {
      return { state: 'failed', reason: `cannot listen on ${options.host}:${port}: ${failure.message}` }
    }
    const url = urlOf(reachable(options.host), port)
    const who = await occupant(url, identity, port === options.port ? SIBLING_MS : undefined)
    if (who === 'ourselves') return { state: 'other_process', url }
    taken.push({ port, who })
  }
  const range = `${options.port} to ${last}`
  return { state: 'failed', reason: `all ports from ${range} on ${options.host} are taken; set another one` }
}

interface Taken {
  readonly port: number
  readonly who: Exclude<Occupant, 'ourselves'>
}

const TAKERS = {
  foreign: ['another program', 'other programs'],
  other_yardstick: ['the Yardstick of another service', 'Yardsticks of other services'],
} as const

/** Where a machine runs many services, a sentence each would be a page. */
function whoTook(taken: readonly Taken[]): string {
  const parts = [...Map.groupBy(taken, ({ who }) => who)].map(([who, each]) => {
    const ports = each.map(({ port }) => port).join(', ')
    const [one, several] = TAKERS[who]
    return each.length === 1 ? `port ${ports} is taken by ${one}` : `ports ${ports} are taken by ${several}`
  })
  return parts.join('; ')
}

async function listen(
  server: Server,
  host: string,
  port: number,
): Promise<NodeJS.ErrnoException | undefined> {
  try {
    // Not exclusive, a cluster's workers would share one socket, and each request reach any of them.
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    server.unref()
    return undefined
  } catch (error) {
    return error as NodeJS.ErrnoException
  }
}

function listening(server: Server, options: PortOptions, taken: readonly Taken[]): Port {
  server.on('error', options.onError)
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  const open = { state: 'listening', url: urlOf(reachable(options.host), port), port, server, close } as const
  return taken.length === 0 ? open : { ...open, reason: `${whoTook(taken)}; listening on ${port} instead` }
}

/** The address at which this machine reaches a listener: "any address" is not one to connect to. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1'
  return host === '::' ? '::1' : host
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
