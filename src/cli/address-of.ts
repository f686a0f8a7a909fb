import { occupant } from '../api/occupant.ts'
import { YardstickError } from '../ground/errors.ts'
import { type LeftAddress, leftAddresses } from '../left-address.ts'
import { apiClient } from './api-client.ts'
import { Json } from './card/json.ts'
import { printable } from './printable.ts'

const PATIENCE_MS = 5_000
const USUAL = 'http://127.0.0.1:9797'

/** Where a service answers. */
export interface Address {
  readonly url: string
  /** Other services of this folder that answered then. Containers of one pod count processes from 1 each. */
  readonly beside?: readonly Pick<LeftAddress, 'pid' | 'url'>[]
}

/**
 * Where the service answers that is meant: at the URL that was given, else where the one of this folder says, else at
 * the usual port, or the one of `YARDSTICK_PORT`. Where it may be another one than is meant, standard error names it:
 * what is asked of it can change something there.
 *
 * @param before where it answered until now, to be asked instead of another service
 * @param usual for tests, which cannot have the usual port
 * @throws YardstickError `YS_API_SEVERAL`; `YS_API_UNREACHABLE` when a service of this folder left its address and
 * answers there no more: who has the usual port now is another one
 */
export async function addressOf(
  url: string | undefined,
  before?: Address,
  usual: string = USUAL,
): Promise<Address> {
  if (url !== undefined) return { url }
  const left = leftHere().filter(
    ({ pid, url: at }) => !before?.beside?.some((each) => each.pid === pid && each.url === at),
  )
  const running = await answering(left)
  const { YARDSTICK_PORT: said = '' } = process.env
  const isSaid = /^[1-9]\d*$/.test(said)
  const meant = left.find((each) => isSaid && new URL(each.url).port === said)
  // Processes of one service that share a store answer alike.
  const services = [...new Map(running.map((each) => [each.identity, each])).values()]
  if (meant === undefined && services.length > 1) {
    const message = `Several services of this folder run: ${listed(services)}. Say with --url which one is meant.`
    throw new YardstickError('YS_API_SEVERAL', message)
  }
  const one = meant ?? services[0]
  if (one !== undefined) {
    const isOther = ({ identity }: LeftAddress): boolean => identity !== one.identity
    const gone = left.filter((each) => isOther(each) && !running.includes(each))
    if (meant === undefined && gone.length > 0) remark(`ended, or killed: ${listed(gone)}`, one)
    const answers = running.includes(one) ? one : (running.find((each) => !isOther(each)) ?? one)
    return { url: answers.url, beside: [...(before?.beside ?? []), ...running.filter(isOther)] }
  }
  if (isSaid) return before ?? { url: `http://127.0.0.1:${said}` }
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

/** Says who answers at the address, where somebody does. No token is shown: it may be anybody. */
async function named(url: string): Promise<Address> {
  const service = await apiClient(url)('').then(
    (index) => new Json(index).at('service').text(),
    () => '',
  )
  if (service !== '') remark('no service of this folder says where it answers', { url, service })
  return { url }
}

function remark(why: string, { service, url }: Pick<LeftAddress, 'service' | 'url'>): void {
  process.stderr.write(`${printable(`yardstick: ${why}; asked is "${service}" at ${url}`)}\n`)
}

function listed(left: readonly LeftAddress[]): string {
  return left
    .map(({ service, pid, url }) => printable(`${service || 'unnamed service'} (pid ${pid}) at ${url}`))
    .join(', ')
}
