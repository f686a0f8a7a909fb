import { YardstickError } from '../ground/errors.ts'

/** What `yardstick run` was asked to start, before anything was looked up. */
export interface CommandLine {
  /** Flags for Node itself, with their values. */
  readonly nodeFlags: readonly string[]
  readonly app: string
  readonly args: readonly string[]
}

/** Node's flags whose value may be the next word (V8's take it after `=` only). A test compares with `node --help`. */
export const VALUE_FLAGS: ReadonlySet<string> = new Set(
  `
  --allow-fs-read --allow-fs-write --conditions --cpu-prof-dir --cpu-prof-interval --cpu-prof-name
  --debug-port --diagnostic-dir --disable-proto --disable-warning --dns-result-order --env-file
  --env-file-if-exists --experimental-loader --heap-prof-dir --heap-prof-interval --heap-prof-name
  --heapsnapshot-near-heap-limit --heapsnapshot-signal --icu-data-dir --import --input-type --inspect-port
  --inspect-publish-uid --loader --localstorage-file --max-http-header-size --openssl-config
  --redirect-warnings --report-dir --report-directory --report-filename --report-signal --require
  --secure-heap --secure-heap-min --snapshot-blob --title --tls-cipher-list --tls-keylog
  --trace-event-categories --trace-event-file-pattern --unhandled-rejections --use-largepages --v8-pool-size
  --watch-path -C -r
  `
    .trim()
    .split(/\s+/),
)

/**
 * Splits the words after Yardstick's own options: `[Node's flags…] [--] app [args…]`.
 *
 * @param ownOptions Yardstick's options, to recognise one that comes too late.
 * @throws YardstickError `YS_RUN_ENTRY` when no app is named, `YS_RUN_OPTION` for an own option after Node's.
 * @example
 * readCommandLine(['--inspect', 'app.js', '-v'], []) // { nodeFlags: ['--inspect'], app: 'app.js', args: ['-v'] }
 */
export function readCommandLine(words: readonly string[], ownOptions: readonly string[]): CommandLine {
  const nodeFlags: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!
    if (word === '--') continue
    if (!word.startsWith('-')) return { nodeFlags, app: word, args: words.slice(at + 1) }
    if (ownOptions.includes(word.replace(/=.*/s, ''))) throw tooLate(word, nodeFlags)
    nodeFlags.push(word)
    const value = words[at + 1]
    if (VALUE_FLAGS.has(word) && value !== undefined) {
      nodeFlags.push(value)
      at++
    }
  }
  throw new YardstickError(
    'YS_RUN_ENTRY',
    nodeFlags.length === 0
      ? 'Expected the application to run, got nothing. For example: yardstick run app.js'
      : `Expected the application after ${nodeFlags.join(' ')}, got nothing. To run Node without a script, name it: ` +
          `yardstick run node ${nodeFlags.join(' ')}`,
  )
}

function tooLate(option: string, nodeFlags: readonly string[]): YardstickError {
  return new YardstickError(
    'YS_RUN_OPTION',
    `${option} is an option of yardstick run but stands after ${nodeFlags.join(' ') || '--'}, where flags for Node are ` +
      'expected. Put it first: yardstick run [options] [flags for Node] app.js [args…]',
  )
}
