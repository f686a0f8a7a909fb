import { YardstickError } from '../ground/errors.ts'

/** The longest line that is read. A span of 500 series that each fill all buckets makes one of 3.4 MB. */
const LONGEST = 64 * 2 ** 20

/**
 * Lines of a text, of which no more than one is in memory.
 *
 * @param chunks characters are not cut between them
 * @throws YardstickError `YS_STORE_DATA` on a longer line, before it is read to its end
 */
export async function* linesOf(
  chunks: AsyncIterable<string>,
  longest: number = LONGEST,
): AsyncGenerator<string, void, undefined> {
  let number = 1
  let begun: string[] = []
  let length = 0
  const add = (part: string): void => {
    length += part.length
    if (length > longest) {
      throw new YardstickError(
        'YS_STORE_DATA',
        `line ${number} of the export: expected at most ${longest} characters, got more; give what "yardstick store ` +
          'export" wrote, with its line breaks',
      )
    }
    begun.push(part)
  }
  const end = (): string => {
    const line = begun.join('')
    begun = []
    length = 0
    number++
    return line.endsWith('\r') ? line.slice(0, -1) : line
  }
  for await (const chunk of chunks) {
    let from = 0
    for (let to = chunk.indexOf('\n'); to !== -1; to = chunk.indexOf('\n', from)) {
      add(chunk.slice(from, to))
      from = to + 1
      yield end()
    }
    add(chunk.slice(from))
  }
  if (length > 0) yield end()
}
