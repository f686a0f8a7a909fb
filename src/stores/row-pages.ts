/**
 * Rows page by page, each from where the one before ended, until there are no more.
 *
 * @param read the page after `last`, from the beginning without it
 */
export async function* rowPages<Row>(
  read: (last: Row | undefined) => readonly Row[] | Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[], void, undefined> {
  let page = await read(undefined)
  while (page.length > 0) {
    yield page
    page = await read(page.at(-1))
  }
}
