import { findConfigFile } from '../../config/file.ts'
import type { Recorder } from '../../measure/recorder.ts'
import type { LibraryRecorder } from '../../recorders/libraries/library.ts'
import { MODULE_HOOKS, seesModules } from '../../recorders/libraries/module-tail.ts'
import { inRange } from '../../recorders/libraries/version-range.ts'
import { recorders } from '../../recorders/table.ts'
import { installedVersion, type Project } from '../project.ts'
import type { Finding, Findings, Remark } from './finding.ts'
import { OF_NODE } from './of-node.ts'

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
  return {
    looked: 'project',
    at: root,
    title: `${manifest.name ?? 'The project'} (not running)`,
    findings: recorders().flatMap((recorder) =>
      isOfLibrary(recorder) ? libraryFindings(recorder, project) : [fromStart(recorder.name)],
    ),
    remarks: [
      ...startRemarks(manifest.scripts),
      ...bundleRemarks(manifest),
      ...hookRemarks(),
      ...configRemarks(root),
    ],
  }
}

function isOfLibrary(recorder: Recorder): recorder is LibraryRecorder {
  return 'versions' in recorder
}

function fromStart(recorder: string): Finding {
  return { recorder, state: 'recorded', why: OF_NODE[recorder] ?? 'from the start' }
}

function libraryFindings({ name, versions }: LibraryRecorder, project: Project): readonly Finding[] {
  return Object.entries(versions).flatMap(([library, tried]) => {
    if (library === 'node') return seesModules() ? [builtInFinding(name, tried)] : []
    const version = installedVersion(project, library)
    return version === undefined ? [] : [findingOf({ recorder: name, library, version }, tried)]
  })
}

function builtInFinding(recorder: string, tried: string): Finding {
  const { node: version } = process.versions
  const finding = findingOf({ recorder, library: `node:${recorder}`, version }, tried)
  return finding.state === 'recorded' ? { ...finding, why: OF_NODE[recorder] ?? finding.why } : finding
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
  return [
    { what, cure: 'Update Node.js; ES modules, node:sqlite and node:crypto are not recorded on this one.' },
  ]
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
