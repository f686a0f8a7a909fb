import { Agent } from 'node:http'

/** Every visitor has connections of their own, kept open between calls as a browser does. */
export class Connections {
  readonly #agents = new Map<string, Agent>()

  of(visitor: string): Agent {
    const known = this.#agents.get(visitor)
    if (known !== undefined) return known
    const agent = new Agent({ keepAlive: true })
    this.#agents.set(visitor, agent)
    return agent
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy()
  }
}
