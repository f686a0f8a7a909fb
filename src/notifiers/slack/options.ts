/** An incoming webhook (`url`), or a bot (`token` and `channel`). */
export interface SlackOptions {
  /** Of an incoming webhook. With a token: where Slack's API is, by default `https://slack.com/api/`. */
  readonly url?: string
  /** Of a bot that may `chat:write`: `xoxb-…`. */
  readonly token?: string
  /** The bot's channel, best by its id. */
  readonly channel?: string
}
