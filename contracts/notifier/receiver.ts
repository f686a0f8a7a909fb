/** How a receiver takes what it is sent. */
export type Manner =
  | { readonly kind: 'accept' }
  /** Answers with this status (SMTP: with the code that means the same), and repeats all that it was sent. */
  | { readonly kind: 'refuse'; readonly status: number; readonly retryAfter?: string }
  /** Takes the connection and says nothing. */
  | { readonly kind: 'hang' }
  /** Breaks the connection off as soon as something comes. */
  | { readonly kind: 'reset' }
  /** Says what is no answer of its protocol. */
  | { readonly kind: 'garbage' }
  /** Answers the status, and then its body for ever, a byte at a time. */
  | { readonly kind: 'trickle'; readonly status: number }

/** One thing that came in. */
export interface Received {
  /** `POST /path`, or the SMTP envelope. */
  readonly what: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

/** A receiver on loopback. */
export interface Receiver {
  readonly port: number
  manner: Manner
  readonly received: readonly Received[]
  close(): Promise<void>
}
