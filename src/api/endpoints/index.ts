import { z } from 'zod'
import { WINDOW_NAMES } from '../../measure/window.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { named, windowName } from '../schemas.ts'

export const index: Endpoint = endpoint({
  path: '',
  name: 'index',
  summary: 'What there is',
  description: 'Links to all that can be read; the OpenAPI document describes the rest.',
  windowed: false,
  response: z
    .strictObject({
      service: z.string(),
      version: z.string().describe('Of Yardstick.'),
      windows: z.array(windowName),
      default_window: windowName,
      links: z.record(z.string(), z.string()),
    })
    .register(named, { id: 'Index' }),
  answer: ({ snapshot, settings, path, endpoints }) => ({
    service: snapshot.service,
    version: snapshot.self.version,
    windows: [...WINDOW_NAMES],
    default_window: settings.defaultWindow,
    links: Object.fromEntries(
      endpoints
        .filter((other) => other.method === 'GET' && !other.path.includes(':'))
        .map((other) => [other.name, path + other.path]),
    ),
  }),
})
