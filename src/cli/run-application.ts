import { fileURLToPath } from 'node:url'
import { YardstickError } from '../ground/errors.ts'
import { type CommandLine, readCommandLine } from './command-line.ts'
import { type Entry, findEntry } from './entry.ts'
import { accompany, become, canBecome, type Start } from './launch.ts'
import { meantBy } from './misspelt-flags.ts'
import { nodeRefuses } from './refused-flags.ts'
import { type RunOptions, runEnvironment } from './run-environment.ts'

// In a checkout Node reads the sources; register.cts is for what is published.
const PRELOAD: string = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../preload.ts' : '../register.cjs', import.meta.url),
)

/**
 * Starts an application under the preload and ends as it ends.
 *
 * @throws YardstickError `YS_RUN_ENTRY`, `YS_RUN_OPTION`, `YS_RUN_START`
 */
export async function runApplication(
  words: readonly string[],
  options: RunOptions,
  ownOptions: readonly string[],
  preload: string = PRELOAD,
): Promise<never> {
  const line = readCommandLine(words, ownOptions)
  const env = runEnvironment(options, preload, { env: process.env, cwd: process.cwd() })
  const entry = findEntry(line.app, {
    cwd: process.cwd(),
    searchPath: process.env.PATH ?? '',
    extensions: process.platform === 'win32' ? (process.env.PATHEXT ?? '.EXE') : '',
  })
  if (entry === undefined) throw await notFound(line, ownOptions)
  const start = await startOf(entry, line, { env, ownOptions })
  const isNode = entry.kind === 'script' || entry.byNode
  return isNode && canBecome() ? become(start) : accompany(start)
}

async function startOf(
  entry: Entry,
  line: CommandLine,
  { env, ownOptions }: { readonly env: NodeJS.ProcessEnv; readonly ownOptions: readonly string[] },
): Promise<Start> {
  const { nodeFlags } = line
  const meant = await meantBy(nodeFlags, ownOptions)
  if (entry.kind === 'script') {
    if (meant !== '' && nodeRefuses(nodeFlags)) {
      const message = `${nodeFlags.join(' ')}: Node.js ${process.version} refuses such a flag.${meant}`
      throw new YardstickError('YS_RUN_OPTION', message)
    }
    const args = [...process.execArgv, ...nodeFlags, entry.path, ...line.args]
    return { file: process.execPath, args, env }
  }
  if (nodeFlags.length === 0) return { file: entry.path, args: line.args, env }
  throw new YardstickError(
    'YS_RUN_OPTION',
    `${nodeFlags.join(' ')}: flags for Node need a script after them, but ${line.app} is a program ` +
      `(${entry.path}).${meant || ' Give them in NODE_OPTIONS instead.'}`,
  )
}

async function notFound(
  { app, nodeFlags }: CommandLine,
  ownOptions: readonly string[],
): Promise<YardstickError> {
  const meant = await meantBy(nodeFlags, ownOptions)
  const flags =
    nodeFlags.length === 0 ? '' : ` (${nodeFlags.join(' ')} before it was taken for flags of Node.${meant})`
  return new YardstickError(
    'YS_RUN_ENTRY',
    `Expected a script or a program on PATH, found neither by the name "${app}" in ${process.cwd()}.${flags}`,
  )
}
