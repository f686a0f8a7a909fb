/**
 * Whom alerts are told to: what `slack({ … })`, `email({ … })`, `webhook({ … })`, `pagerduty({ … })` or
 * `alertmanager({ … })` gives, or the same as an object with the options beside `kind`.
 *
 * @example { kind: 'slack', url: process.env.SLACK_URL }
 */
export interface NotifierOption {
  readonly kind: 'slack' | 'email' | 'webhook' | 'pagerduty' | 'alertmanager'
  /** What the factory was given. */
  readonly options?: object
  /** slack: of an incoming webhook. webhook, alertmanager: where to post. pagerduty: where its events go. */
  readonly url?: string
  /** slack: a bot's token. */
  readonly token?: string
  /** slack: the bot's channel. */
  readonly channel?: string
  /** email: the SMTP server. */
  readonly host?: string
  /** email: its port. Default 587, or 465 with `secure`. */
  readonly port?: number
  /** email: TLS from the first byte. Default: what port 465 means. */
  readonly secure?: boolean
  /** email: whom the server knows us as. Default: no log-in. */
  readonly user?: string
  /** email */
  readonly password?: string
  /** email: `Yardstick <yardstick@shop.example>`. */
  readonly from?: string
  /** email: one address or a list. */
  readonly to?: string | readonly string[]
  /** webhook: signs what is sent, at least 16 characters. */
  readonly secret?: string
  /** webhook, alertmanager: sent along; values are treated as secrets. */
  readonly headers?: Readonly<Record<string, string>>
  /** pagerduty: of an Events API v2 integration. */
  readonly routingKey?: string
}
