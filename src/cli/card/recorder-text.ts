/** What names a recorder in an answer; empty where that says nothing. */
export interface RecorderNames {
  readonly name: string
  readonly library: string
  readonly version: string
}

/** A recorder that does not record as it should, with the library and its version: `express with router 1.3.8`. */
export function recorderText({ name, library, version }: RecorderNames): string {
  const given = library === name ? version : [library, version].filter(Boolean).join(' ')
  if (given === '') return name
  return library === name ? `${name} ${given}` : `${name} with ${given}`
}
