import { defineConfig } from 'yardstick/config'

/** The default targets hold for everything; the report of the management may take longer than other pages. */
export const config = defineConfig({
  service: 'shop',
  targets: [{ component: 'request', series: 'GET /admin/**', p95: '250ms' }],
})
