/** Waits, a turn of the event loop at a time, for what other parts of it have yet to do. */
export async function until(what: string, isSo: () => boolean, withinMs = 5000): Promise<void> {
  const endMs = performance.now() + withinMs
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error(`waited ${withinMs} ms in vain until ${what}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
