import type { CardData, TargetData } from './data.ts'

/** What requests are called of which no route is known, after the method. */
const ROUTELESS: readonly string[] = ['(no route)', '(unmatched)', '(other)']

/** Why targets on routes meet none, where no request had one. */
export const NO_ROUTES: string =
  'no request had a route, all are "GET (no route)" and the like: routes are known of Express, Fastify, Koa, Hono, ' +
  'NestJS, Next.js and h3; in a plain server track the work itself, and set the target on that'

/** Whether it is about routes, and all requests were of a plain server, which has none. */
export function lacksRoutes({ component, series, n }: TargetData, { components }: CardData): boolean {
  if (component !== 'request' || series === null || n > 0) return false
  const requests = components.find((each) => each.component === component)?.series ?? []
  return (
    requests.some(({ name }) => name.endsWith(ROUTELESS[0]!)) &&
    requests.every(({ name }) => ROUTELESS.some((routeless) => name.endsWith(routeless)))
  )
}
