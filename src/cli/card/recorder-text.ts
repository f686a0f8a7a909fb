import type { Json } from './json.ts'

/** What names a recorder in an answer; empty where that says nothing. */
export interface RecorderNames {
  readonly name: string
  readonly library: string
  readonly version: string
}

export function recorderNames(recorder: Json): RecorderNames {
  return {
    name: recorder.at('name').text(),
    library: recorder.at('library').text(),
    version: recorder.at('version').text(),
  }
}

/** A recorder that does not record as it should, with the library and its version: `express with router 1.3.8`. */
export function recorderText({ name, library, version }: RecorderNames): string {
  if (library === '') return name
  const words = library === name ? [name, version] : [name, 'with', library, version]
  return words.filter(Boolean).join(' ')
}
