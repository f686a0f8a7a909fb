export interface EmailOptions {
  /** Of the SMTP server. */
  readonly host: string
  /** Default: 587, or 465 with `secure`. */
  readonly port?: number
  /** TLS from the first byte. Default: what port 465 means. Else STARTTLS is used, and insisted on before a log-in. */
  readonly secure?: boolean
  /** Whom the server knows us as. Default: no log-in. */
  readonly user?: string
  readonly password?: string
  /** `Yardstick <yardstick@shop.example>`. */
  readonly from: string
  readonly to: string | readonly string[]
}
