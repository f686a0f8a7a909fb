import { z } from 'zod'
import { BASE, type Endpoint } from './endpoint.ts'
import { PROBLEM_TYPE } from './problem.ts'
import { named, problemSchema, windowName } from './schemas.ts'

type Json = Readonly<Record<string, unknown>>

export interface OpenApi {
  readonly [extension: string]: unknown
  readonly openapi: '3.1.0'
  readonly info: Json
  readonly security: readonly Json[]
  readonly paths: Record<string, Json>
  readonly components: { readonly schemas: Readonly<Record<string, Json>>; readonly [part: string]: Json }
}

/** The OpenAPI document of these endpoints. Fields may be added to answers, so no schema forbids further ones. */
export function openapi(endpoints: readonly Endpoint[]): OpenApi {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Yardstick',
      version: '1',
      description: 'Whether a service meets its performance requirements.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // A loopback client needs no token unless one is configured.
    security: [{}, { token: [] }],
    paths: Object.fromEntries(endpoints.map((endpoint) => [BASE + endpoint.path, pathItem(endpoint)])),
    components: {
      schemas: namedSchemas(),
      responses: {
        Problem: {
          description: 'What went wrong (RFC 9457).',
          content: { [PROBLEM_TYPE]: { schema: schemaOf(problemSchema) } },
        },
      },
      parameters: {
        Window: {
          name: 'window',
          in: 'query',
          required: false,
          description: 'Default: `default_window` of the index.',
          schema: schemaOf(windowName),
        },
      },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  }
}

function pathItem({ name, summary, description, windowed, response }: Endpoint): Json {
  const problem = { $ref: '#/components/responses/Problem' }
  return {
    get: {
      operationId: name,
      summary,
      description,
      ...(windowed ? { parameters: [{ $ref: '#/components/parameters/Window' }] } : {}),
      responses: {
        200: { description: summary, content: { 'application/json': { schema: schemaOf(response) } } },
        '4XX': problem,
        '5XX': problem,
      },
    },
  }
}

function schemaOf(schema: z.ZodType): Json {
  const id = named.get(schema)?.id
  if (id === undefined)
    throw new TypeError('register the schema in `named`, so that the document can refer to it')
  return { $ref: reference(id) }
}

function reference(id: string): string {
  return `#/components/schemas/${id}`
}

function namedSchemas(): Readonly<Record<string, Json>> {
  const { schemas } = z.toJSONSchema(named, {
    uri: reference,
    // The schemas are strict so that tests find fields nobody declared; clients have to bear new ones.
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
    },
  })
  return Object.fromEntries(
    Object.entries(schemas)
      .map(([id, { $id, $schema, ...schema }]) => [id, schema] as const)
      .sort(([one], [two]) => (one < two ? -1 : 1)),
  )
}
