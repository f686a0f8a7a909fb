import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** A registry for packages of its own only: no other registry is ever asked. */
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
  '@*/*': { access: $all, publish: $authenticated, unpublish: $authenticated }
  '**': { access: $all, publish: $authenticated, unpublish: $authenticated }
middlewares: {}
security: { api: { legacy: true } }
log: { type: stdout, format: pretty, level: warn }
`,
  )
  return file
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { readonly port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** npm as people use it, in a folder of its own and with one registry, which is on this machine. */
export class Npm {
  readonly #directory: string
  readonly #env: NodeJS.ProcessEnv

  constructor(directory: string, registry: string) {
    this.#directory = directory
    const userconfig = join(directory, 'npmrc')
    writeFileSync(userconfig, '')
    this.#env = {
      PATH: process.env.PATH,
      HOME: directory,
      npm_config_registry: registry,
      npm_config_userconfig: userconfig,
      npm_config_globalconfig: join(directory, 'no-npmrc'),
      npm_config_cache: join(directory, 'cache'),
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
      npm_config_fetch_retries: '0',
      npm_config_fetch_timeout: '30000',
    }
  }

  /** Uses this token from now on, as `npm login` would have it written down. */
  signedIn(registry: string, token: string): void {
    writeFileSync(this.#env.npm_config_userconfig!, `${registry.replace('http:', '')}:_authToken=${token}\n`)
  }

  /** Makes a folder with a package in it. */
  package(folder: string, manifest: object): string {
    const path = join(this.#directory, folder)
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, 'package.json'), JSON.stringify(manifest))
    writeFileSync(join(path, 'README.md'), `# ${folder}\n`)
    writeFileSync(join(path, 'index.js'), `module.exports = ${JSON.stringify('x'.repeat(20_000))}\n`)
    return path
  }

  /** Runs a command in a folder; gives its exit code and what it printed. */
  async run(folder: string, ...words: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
    const child = spawn('npm', words, {
      cwd: folder,
      env: this.#env,
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
