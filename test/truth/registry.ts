import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes the configuration of a Verdaccio that has packages of its own only: no other registry is ever asked. */
export function registryConfig(directory: string): string {
  const file = join(directory, 'registry.yaml')
  writeFileSync(
    file,
    `storage: ${join(directory, 'storage')}
auth:
  htpasswd:
    file: ${join(directory, 'htpasswd')}
    max_users: 3
uplinks: {}
packages:
  '**': { access: $all, publish: $authenticated, unpublish: $authenticated }
middlewares: {}
log: { type: stdout, format: pretty, level: warn }
`,
  )
  return file
}

/** npm as one person uses it: settings and cache of its own, and one registry, which is on this machine. */
export class Npm {
  readonly #directory: string
  readonly #registry: string
  readonly #userconfig: string

  constructor(directory: string, registry: string) {
    mkdirSync(directory)
    this.#directory = directory
    this.#registry = registry
    this.#userconfig = join(directory, 'npmrc')
    writeFileSync(this.#userconfig, '')
  }

  /** Uses this token from now on, as `npm login` would have written it down. */
  signIn(token: string): void {
    writeFileSync(this.#userconfig, `${this.#registry.replace('http:', '')}:_authToken=${token}\n`)
  }

  /** Makes a folder with a package in it. */
  folder(name: string, manifest: object): string {
    const path = join(this.#directory, name)
    mkdirSync(path)
    writeFileSync(join(path, 'package.json'), JSON.stringify(manifest))
    writeFileSync(join(path, 'README.md'), `# ${name}\n`)
    writeFileSync(join(path, 'index.js'), `module.exports = '${'x'.repeat(20_000)}'\n`)
    return path
  }

  /** Runs a command; gives its exit code and what it printed. */
  async run(
    folder: string,
    ...words: readonly string[]
  ): Promise<{ readonly code: number; readonly text: string }> {
    const options = {
      registry: this.#registry,
      userconfig: this.#userconfig,
      globalconfig: join(this.#directory, 'nothing'),
      cache: join(this.#directory, 'cache'),
      audit: 'false',
      fund: 'false',
      'update-notifier': 'false',
      'fetch-retries': '0',
    }
    const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
    const child = spawn('npm', [...words, ...flags], {
      cwd: folder,
      // Nothing else of the environment: `npm test` would hand its own settings down.
      env: { PATH: process.env.PATH, HOME: this.#directory },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
    }
    const [code] = (await once(child, 'close')) as [number | null]
    return { code: code ?? -1, text }
  }
}
