// The subpath `yardstick/webhook`: for programs that receive notices. Loads nothing else of Yardstick.
export { verifyWebhook, type WebhookRequest, type WebhookVerdict } from './notifiers/webhook/signature.ts'
