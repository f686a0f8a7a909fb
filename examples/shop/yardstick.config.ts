import { defineConfig, type Options } from 'yardstick/config'

/** The default targets hold for everything; the report of the management may take longer than other pages. */
export const config: Options = defineConfig({
  service: 'shop',
  targets: [{ component: 'request', series: 'GET /admin/**', p95: '250ms' }],
})
