import type { ReadStream, WriteStream } from 'node:tty'

/** Where cards are shown, one after the other. */
export interface Screen {
  readonly show: (text: string) => void
  /** Leaves everything as it was before. May be called twice. */
  readonly close: () => void
}

const ENTER = '\x1b[?1049h\x1b[?25l'
const LEAVE = '\x1b[?25h\x1b[?1049l'
// Between these a terminal that knows them shows nothing half-drawn; others ignore them.
const [BEGIN, END] = ['\x1b[?2026h', '\x1b[?2026l']
const HOME = '\x1b[H'
const CLEAR_LINE = '\x1b[K'
const CLEAR_BELOW = '\x1b[J'

/**
 * A terminal's second screen: each card is written over the one before, in one piece, so that nothing flickers, and
 * closing brings back what was there. Closed by itself when the process exits.
 *
 * @param onQuit told of q, Escape and Ctrl-C
 */
export function terminalScreen(out: WriteStream, input: ReadStream, onQuit: () => void): Screen {
  let open = true
  const pressed = (keys: Buffer): void => {
    const key = keys.toString('latin1')
    if (key === 'q' || key === 'Q' || key === '\x1b' || key.includes('\x03')) onQuit()
  }
  out.write(ENTER)
  if (input.isTTY) {
    input.setRawMode(true)
    input.on('data', pressed)
  }
  const close = (): void => {
    if (!open) return
    open = false
    process.removeListener('exit', close)
    if (input.isTTY) {
      input.removeListener('data', pressed)
      input.setRawMode(false)
      input.pause()
    }
    out.write(LEAVE)
  }
  process.on('exit', close)
  return { show: (text) => void (open && out.write(overwritten(text))), close }
}

/** A card written over what is on the screen. */
export function overwritten(text: string): string {
  // No line break after the last line: on a full screen it would scroll.
  const lines = text.replace(/\n$/, '').split('\n')
  return `${BEGIN}${HOME}${lines.map((line) => line + CLEAR_LINE).join('\r\n')}${CLEAR_BELOW}${END}`
}

/** One card below the other, for pipes and files. */
export function plainScreen(out: NodeJS.WritableStream): Screen {
  let shown = false
  return {
    show: (text) => {
      if (text === '') return
      out.write(shown ? `\n${text}` : text)
      shown = true
    },
    close: () => {},
  }
}
