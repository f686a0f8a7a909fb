import { suggestion } from '../ground/suggestion.ts'

/** Longer words are compared with nothing: that takes time, and anybody may send them. */
const LONGEST = 100

/** ` Did you mean "database"?` for the first word that is none of those known but near one; else nothing. */
export function didYouMean(words: readonly string[], known: readonly string[]): string {
  for (const word of words) {
    if (known.includes(word) || word.length > LONGEST) continue
    const near = suggestion(word, known)
    if (near !== undefined) return ` Did you mean "${near}"?`
  }
  return ''
}
