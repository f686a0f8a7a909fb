import { createRequire, Module } from 'node:module'
import type { Detach } from '../measure/recorder.ts'
import type { Guard } from './guard.ts'
import { override } from './override.ts'

/** What to do to one CommonJS file of a library after it has run; its source is never touched. */
export interface Patch {
  /** How the file's path ends, with `/` between folders: a package may be installed under another name. */
  readonly file: string
  /** Looks first whether `exports` are what they should be, and does nothing otherwise. */
  readonly apply: (exports: unknown) => Detach | undefined
}

interface Compiled {
  readonly exports: unknown
  _compile(content: string, filename: string, ...rest: unknown[]): unknown
}

/** Patches files that are loaded from now on, and those that were loaded before. */
export function patchLoaded(patches: readonly Patch[], guard: Guard): Detach {
  const undo: Detach[] = []
  const loaded = (filename: string, exports: unknown): void => {
    const path = filename.replaceAll('\\', '/')
    for (const { file, apply } of patches) {
      if (!path.endsWith(file)) continue
      try {
        const detach = apply(exports)
        if (detach !== undefined) undo.push(detach)
      } catch (error) {
        guard.caught(error)
      }
    }
  }
  for (const known of Object.values(createRequire(import.meta.url).cache)) {
    if (known?.loaded === true) loaded(known.filename, known.exports)
  }
  undo.push(
    override(Module.prototype as unknown as Compiled, '_compile', (original) => {
      return function _compile(
        this: Compiled,
        content: string,
        filename: string,
        ...rest: unknown[]
      ): unknown {
        const result = original.call(this, content, filename, ...rest)
        loaded(filename, this.exports)
        return result
      }
    }),
  )
  return () => {
    for (const each of undo.reverse()) each()
  }
}
