import { findConfigFile } from '../../config/file.ts'
import type { LibraryRecorder } from '../../recorders/libraries/library.ts'
import { MODULE_HOOKS, seesModules } from '../../recorders/libraries/module-tail.ts'
import { inRange } from '../../recorders/libraries/version-range.ts'
import { recorders } from '../../recorders/table.ts'
import { installedVersion, type Project } from '../project.ts'
import type { Finding, Findings, Remark } from './finding.ts'

/** What puts an application's packages into files of other names. */
const BUNDLERS: readonly string[] = [
  '@vercel/ncc',
  'esbuild',
  'parcel',
  'rolldown',
  'rollup',
  'tsdown',
  'tsup',
  'vite',
  'webpack',
]

/** Looks at a project that does not run: what would be recorded of what is installed. */
export function projectFindings(project: Project): Findings {
  const { root, manifest } = project
  const libraries = recorders().filter((each): each is LibraryRecorder => 'versions' in each)
  const findings = libraries.flatMap(({ name, versions }) =>
    Object.entries(versions).flatMap(([library, tried]) => {
      const version = installedVersion(project, library)
      return version === undefined ? [] : [findingOf({ recorder: name, library, version }, tried)]
    }),
  )
  return {
    looked: 'project',
    at: root,
    title: `${manifest.name ?? 'The project'} (not running)`,
    findings: [
      {
        recorder: 'http',
        state: 'recorded',
        why: 'every request over HTTP/1 and HTTP/2, by what Node.js publishes',
      },
      ...findings,
    ],
    remarks: [
      ...startRemarks(manifest.scripts),
      ...bundleRemarks(manifest),
      ...hookRemarks(),
      ...configRemarks(root),
    ],
  }
}

function findingOf(
  known: { readonly recorder: string; readonly library: string; readonly version: string },
  tried: string,
): Finding {
  if (inRange(known.version, tried)) {
    return { ...known, state: 'recorded', why: 'once it is loaded, after Yardstick' }
  }
  return {
    ...known,
    state: 'untried',
    why: `nobody has tried this version (known: ${tried}); it is tried, and compared with what is expected`,
    cure: 'See what "yardstick doctor" says when the application runs; compare counts before you trust them.',
  }
}

function startRemarks({ start }: Readonly<Record<string, string>>): readonly Remark[] {
  if (start !== undefined && /yardstick(\/register| run)/.test(start)) return []
  return [
    {
      what:
        start === undefined
          ? 'there is no start script'
          : `the start script does not load Yardstick: ${start}`,
      cure: 'Run "yardstick init", or start with "yardstick run app.js".',
    },
  ]
}

function bundleRemarks({ dependencies, devDependencies, scripts }: Project['manifest']): readonly Remark[] {
  const commands = Object.values(scripts)
    .join('\n')
    .split(/[^\w@/-]+/)
  const used = BUNDLERS.filter(
    (name) => name in dependencies || name in devDependencies || commands.includes(name),
  )
  if (used.length === 0) return []
  return [
    {
      what: `${used.join(', ')} may bundle the server: what is bundled is not seen by its files`,
      cure: 'Leave frameworks and drivers out of the bundle, or say routes by yardstick/express, /koa, /hono.',
    },
  ]
}

function hookRemarks(): readonly Remark[] {
  if (seesModules()) return []
  const what = `Node.js ${process.versions.node} does not let us see ES modules being loaded (needed: ${MODULE_HOOKS})`
  return [{ what, cure: 'Update Node.js; libraries that are ES modules are not recorded on this one.' }]
}

function configRemarks(root: string): readonly Remark[] {
  if (findConfigFile(root) !== undefined) return []
  return [
    {
      what: 'there is no yardstick.config file: the default targets hold',
      cure: '"yardstick init" writes one.',
    },
  ]
}
