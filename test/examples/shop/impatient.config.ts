import type { Options } from 'yardstick/config'
import { config as shop } from '../../../examples/shop/yardstick.config.ts'

/**
 * The shop's own with shorter holds, so that a test need not wait minutes, and alerts of the query that gets slow only: of
 * its median, which a busy machine that makes all else slow too does not move.
 */
export const config: Options = {
  ...shop,
  targets: [
    ...(shop.targets ?? []),
    { component: 'database', series: 'product_search products', p50: '10ms', id: 'search' },
  ],
  alerts: {
    policies: [{ kind: 'ratio', targets: 'search', for: '3s', keepFiringFor: '5s' }],
    grace: { afterStart: '0s' },
    routes: ['slack', 'alertmanager'].map((notifier) => ({ notifier, groupBy: 'alert', success: 'never' })),
  },
}
