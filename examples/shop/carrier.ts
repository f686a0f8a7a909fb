import { setTimeout as pause } from 'node:timers/promises'
import { yardstick } from 'yardstick'
import type { Faults } from './faults.ts'

const ys = yardstick()

/**
 * Asks the carrier where parcels are. There is no carrier: each answer is a wait of 10–18 ms, as a good partner
 * nearby would take. `shipping` is a component that Yardstick does not know; any name will do.
 */
export class Carrier {
  readonly #faults: Faults

  constructor(faults: Faults) {
    this.#faults = faults
  }

  async whereAre(orderIds: readonly number[]): Promise<readonly string[]> {
    if (!this.#faults.isOn('sequential-awaits')) return Promise.all(orderIds.map((id) => this.#whereIs(id)))
    const places: string[] = []
    for (const id of orderIds) places.push(await this.#whereIs(id))
    return places
  }

  #whereIs(orderId: number): Promise<string> {
    return ys.track('shipping', 'parcel_position', async () => {
      await pause(10 + (orderId % 5) * 2)
      return orderId % 2 === 0 ? 'in the van' : 'in the depot'
    })
  }
}
