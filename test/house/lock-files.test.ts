import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly resolved?: string; readonly optionalDependencies?: object }>
  >
}

for (const folder of [
  '.',
  'bench',
  'test/apps',
  'test/frameworks',
  'test/libraries',
  'test/next',
  'test/nodes',
]) {
  const { packages } = JSON.parse(readFileSync(`${folder}/package-lock.json`, 'utf8')) as Lock
  const places = Object.keys(packages)

  test(`${folder}: the lock file holds the packages of every platform, or npm ci refuses it elsewhere`, () => {
    const missing = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !places.some((place) => place.endsWith(`node_modules/${name}`)))
    assert.deepEqual(missing, [])
  })

  test(`${folder}: the lock file names no download addresses`, () => {
    assert.deepEqual(
      places.filter((place) => packages[place]!.resolved !== undefined),
      [],
    )
  })
}
