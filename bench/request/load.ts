import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { pinned } from '../pinned.ts'

const CONNECTIONS = 32

/** What so many seconds of requests came to. */
export interface Load {
  readonly requests: number
  readonly failed: number
}

const hasWrk = spawnSync('wrk', ['--version']).error === undefined

/** `autocannon` needs about as much CPU as a bare server, which it cannot keep busy. */
export const GENERATOR: 'wrk' | 'autocannon' = hasWrk ? 'wrk' : 'autocannon'

/** Sends as many requests as the server can answer over 32 connections, from one core. */
export async function load(url: string, seconds: number, cpu: number): Promise<Load> {
  return hasWrk ? withWrk(url, seconds, cpu) : withAutocannon(url, seconds, cpu)
}

async function withWrk(url: string, seconds: number, cpu: number): Promise<Load> {
  const output = await outputOf(pinned(cpu, ['wrk', '-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, url]))
  const number = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? 0)
  return {
    requests: number(/(\d+) requests in/),
    failed: number(/Non-2xx or 3xx responses: (\d+)/) + number(/Socket errors: connect (\d+)/),
  }
}

async function withAutocannon(url: string, seconds: number, cpu: number): Promise<Load> {
  const script = createRequire(import.meta.url).resolve('autocannon/autocannon.js')
  const args = ['--json', '-c', String(CONNECTIONS), '-d', String(seconds), url]
  const output = await outputOf(pinned(cpu, [process.execPath, script, ...args]))
  const found = JSON.parse(output) as {
    readonly non2xx: number
    readonly errors: number
    readonly requests: { readonly total: number }
  }
  return {
    requests: found.requests.total,
    failed: found.non2xx + found.errors,
  }
}

async function outputOf([command, ...args]: readonly [string, ...string[]]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  await once(child, 'close')
  return output
}
