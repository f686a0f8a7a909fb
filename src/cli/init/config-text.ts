import { defaults } from '../../config/default-options.ts'
import type { TargetOptions } from '../../config/options.ts'

/** The configuration file that a project starts with: the targets of the requirements, to be changed there. */
export function configText(): string {
  return `import { defineConfig } from 'yardstick/config'

// What the service promises, as grades, API and report card judge it. Change the limits to yours: a target is met
// when 95 % of the operations are faster, or when that share of the reads hits.
export const config = defineConfig({
  targets: [
${defaults.targets.map((target) => `    ${lineOf(target)},`).join('\n')}
    // One route may have its own:
    // { component: 'request', series: 'GET /reports/**', p95: '2s' },
  ],
})
`
}

function lineOf({ component, p95, hitRate }: TargetOptions): string {
  const limit = p95 === undefined ? `hitRate: '${hitRate}'` : `p95: '${p95}'`
  return `{ component: '${component}', ${limit} }`
}
