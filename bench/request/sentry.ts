import { rival } from '../rival.ts'

// Its SDK is started by a preload of the application's own; where to send and that it keeps every trace are in the
// environment.
rival<{ init(): void }>('@sentry/node')!.init()
