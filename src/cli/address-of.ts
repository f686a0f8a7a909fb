import { occupant } from '../api/occupant.ts'
import { YardstickError } from '../ground/errors.ts'
import { type LeftAddress, leftAddresses } from '../left-address.ts'
import { apiClient } from './api-client.ts'
import { Json } from './card/json.ts'
import { printable } from './printable.ts'

const PATIENCE_MS = 5_000
const USUAL = 'http://127.0.0.1:9797'

/**
 * Where the service answers that is meant: at the URL that was given, else where the one of this folder says, else at
 * the usual port, or the one of `YARDSTICK_PORT`. Who has the usual port is named on standard error: it may well be a
 * service of another folder, and what is asked of it can change something there.
 *
 * @param before where it answered until now, to be asked instead of the usual port: that one may be another service's
 * @param usual for tests, which cannot have the usual port
 * @throws YardstickError `YS_API_SEVERAL`; `YS_API_UNREACHABLE` when a service of this folder left its address and
 * answers there no more: who has the usual port now is another one
 */
export async function addressOf(
  url: string | undefined,
  before?: string,
  usual: string = USUAL,
): Promise<string> {
  if (url !== undefined) return url
  const left = leftHere()
  const running = await answering(left)
  const { YARDSTICK_PORT: said = '' } = process.env
  const isSaid = /^[1-9]\d*$/.test(said)
  // Processes of one service that share a store answer alike.
  const services = [...new Map(running.map((each) => [each.identity, each])).values()]
  const meant = running.find((each) => isSaid && new URL(each.url).port === said)
  const one = meant ?? (services.length === 1 ? services[0] : undefined)
  if (one !== undefined) return one.url
  if (services.length > 1) {
    const message = `Several services of this folder run: ${listed(services)}. Say with --url which one is meant.`
    throw new YardstickError('YS_API_SEVERAL', message)
  }
  if (isSaid) return before ?? `http://127.0.0.1:${said}`
  if (left.length === 0) return before ?? (await named(usual))
  throw new YardstickError(
    'YS_API_UNREACHABLE',
    `No service of this folder answers any more. Ended, or killed: ${listed(left)}. Start one again, or give the address ` +
      'of another with --url.',
  )
}

/** The folder may be gone, as after a deployment that replaces it: nobody has left anything there then. */
function leftHere(): readonly LeftAddress[] {
  try {
    return leftAddresses(process.cwd())
  } catch {
    return []
  }
}

async function answering(left: readonly LeftAddress[]): Promise<readonly LeftAddress[]> {
  const who = await Promise.all(left.map(({ url, identity }) => occupant(url, identity, PATIENCE_MS)))
  return left.filter((_, at) => who[at] === 'ourselves')
}

/** Says who answers at the address, where somebody does, and gives it back. No token is shown: it may be anybody. */
async function named(url: string): Promise<string> {
  const service = await apiClient(url)('').then(
    (index) => new Json(index).at('service').text(),
    () => '',
  )
  if (service !== '') {
    const text = `no service of this folder says where it answers; asked is "${service}" at ${url}`
    process.stderr.write(`yardstick: ${text}\n`)
  }
  return url
}

function listed(left: readonly LeftAddress[]): string {
  return left
    .map(({ service, pid, url }) => printable(`${service || 'unnamed service'} (pid ${pid}) at ${url}`))
    .join(', ')
}
