import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Instrument } from '../libraries/instrument.ts'

/** Listens to what is published on some channels; what a listener throws stays ours. */
export function listen<M>(
  instrument: Instrument,
  listeners: Readonly<Record<string, (message: M) => void>>,
): void {
  for (const [name, listener] of Object.entries(listeners)) {
    const told = (message: unknown): void => {
      instrument.safely(() => listener(message as M))
    }
    subscribe(name, told)
    instrument.undo(() => void unsubscribe(name, told))
  }
}
