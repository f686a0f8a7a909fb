import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

// architecture.md, "The house": a folder may import its own and those of lower floors; an edge never another edge.
const FLOORS: Readonly<Record<string, number>> = {
  ground: 0,
  measure: 1,
  targets: 2,
  alerts: 3,
  analysis: 3,
  advice: 3,
  report: 3,
  engine: 4,
  recorders: 5,
  stores: 5,
  notifiers: 5,
  exporters: 5,
  receivers: 5,
  api: 5,
  config: 5,
}
const TOP = 6

function floorOf(file: string): { readonly floor: number; readonly folder: string } {
  const folder = file.split('/')[1]!
  return { floor: FLOORS[folder] ?? TOP, folder }
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8')
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b(?:[^'"`]*?from)?\s*['"](\.[^'"]+)['"]|\bimport\(\s*['"](\.[^'"]+)['"]\s*\)/g
  return [...text.matchAll(pattern)].map((match) => normalize(join(dirname(file), (match[1] ?? match[2])!)))
}

const files = globSync('src/**/*.{ts,cts}').map(slashes)

test('every folder of the house has a floor or is the top', () => {
  const folders = new Set(
    files.filter((file) => file.split('/').length > 2).map((file) => file.split('/')[1]!),
  )
  const unknown = [...folders].filter((folder) => FLOORS[folder] === undefined && folder !== 'cli')
  assert.deepEqual(unknown, [], 'give these folders a floor in test/house/floors.test.ts')
})

test('imports run down, and edges do not import each other', () => {
  const wrong: string[] = []
  for (const file of files) {
    const from = floorOf(file)
    for (const target of importsOf(file)) {
      const to = floorOf(target)
      if (to.folder === from.folder) continue
      if (to.floor > from.floor)
        wrong.push(`${file} imports ${target}: from floor ${from.floor} up to ${to.floor}`)
      else if (from.floor === 5 && to.floor === 5)
        wrong.push(`${file} imports ${target}: from one edge to another`)
      else if (from.floor < TOP && to.floor === from.floor && from.floor === 3) {
        wrong.push(`${file} imports ${target}: floor 3 is side by side`)
      }
    }
  }
  assert.deepEqual(wrong, [])
})

test('floors 1 to 3 know no clock, no timer and no await', () => {
  const wrong: string[] = []
  const banned = /\b(Date\.now|performance\.now|setTimeout|setInterval|setImmediate|new Date\(\))\b|\bawait\b/
  for (const file of files) {
    const { floor } = floorOf(file)
    if (floor < 1 || floor > 3) continue
    for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
      const code = line.replace(/\/\/.*|^\s*\*.*|`[^`]*`|'[^']*'/g, '')
      if (banned.test(code)) wrong.push(`${file}:${index + 1}: ${line.trim()}`)
    }
  }
  assert.deepEqual(wrong, [])
})

test('files do not import each other in a circle', () => {
  const circles = cycles(new Map(files.map((file) => [file, importsOf(file).map(slashes)])))
  const told = circles.map((circle) => [...circle].sort().join(', ')).sort()
  assert.deepEqual(told, [], 'move what both need (often a type) into a file of its own')
})

test('rooms side by side do not import each other in a circle', () => {
  const rooms = new Map<string, Set<string>>()
  for (const file of files) {
    for (const target of importsOf(file).map(slashes)) {
      const [from, to] = roomsOf(file, target)
      if (from === undefined || to === undefined) continue
      const targets = rooms.get(from) ?? new Set()
      rooms.set(from, targets.add(to))
    }
  }
  const circles = cycles(new Map([...rooms].map(([room, targets]) => [room, [...targets]])))
  const told = circles.map((circle) => [...circle].sort().join(', ')).sort()
  assert.deepEqual(told, [], 'what both need belongs in one of them, or below both')
})

/** The folders that two files are in where their paths part; none for a file that lies there itself. */
function roomsOf(one: string, other: string): readonly (string | undefined)[] {
  const [here, there] = [one.split('/'), other.split('/')]
  const parting = here.findIndex((name, index) => name !== there[index])
  return [here, there].map((path) =>
    parting < path.length - 1 ? path.slice(0, parting + 1).join('/') : undefined,
  )
}

/** Strongly connected parts of more than one (Tarjan 1972). */
function cycles(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const found: string[][] = []
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const visit = (file: string): void => {
    order.set(file, order.size)
    lowest.set(file, order.get(file)!)
    stack.push(file)
    for (const target of graph.get(file) ?? []) {
      if (!graph.has(target)) continue
      if (target === file) found.push([file])
      else if (!order.has(target)) {
        visit(target)
        lowest.set(file, Math.min(lowest.get(file)!, lowest.get(target)!))
      } else if (stack.includes(target)) {
        lowest.set(file, Math.min(lowest.get(file)!, order.get(target)!))
      }
    }
    if (lowest.get(file) !== order.get(file)) return
    const part = stack.splice(stack.indexOf(file))
    if (part.length > 1) found.push(part)
  }
  for (const file of graph.keys()) if (!order.has(file)) visit(file)
  return found
}

function slashes(file: string): string {
  return file.replaceAll('\\', '/')
}
