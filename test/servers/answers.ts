import { connect } from 'node:net'

interface Expected {
  readonly say: string
  readonly begins?: string
  readonly holds?: string
}

/** Waits until a server on this machine gives the expected answer. */
export async function answers(port: number, expected: Expected): Promise<void> {
  const untilMs = performance.now() + 30_000
  while (!(await gives(port, expected))) {
    if (performance.now() > untilMs) throw new Error(`nothing on port ${port} answered within 30 s`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Whether it gives that answer now. */
export function gives(port: number, { say, begins = '', holds = '' }: Expected): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(say))
    socket.once('data', (said) => {
      const text = said.toString('latin1')
      resolve(text.startsWith(begins) && text.includes(holds))
      socket.destroy()
    })
    socket.on('error', () => {})
    socket.once('close', () => resolve(false))
  })
}
