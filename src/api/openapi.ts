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
    paths: Object.fromEntries(
      [...Map.groupBy(endpoints, ({ path }) => templateOf(path))].map(([path, own]) => [path, pathItem(own)]),
    ),
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

/** A path as OpenAPI writes it: `/alerts/{id}`. */
function templateOf(path: string): string {
  return BASE + path.replaceAll(/:(\w+)/g, '{$1}')
}

function pathItem(endpoints: readonly Endpoint[]): Json {
  return Object.fromEntries(endpoints.map((endpoint) => [endpoint.method.toLowerCase(), operation(endpoint)]))
}

function operation(endpoint: Endpoint): Json {
  const { name, summary, description, body, status, response } = endpoint
  const problem = { $ref: '#/components/responses/Problem' }
  const parameters = [...pathParameters(endpoint), ...queryParameters(endpoint)]
  return {
    operationId: name,
    summary,
    description,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(body) } }),
    responses: {
      [status]: { description: summary, content: json(response) },
      '4XX': problem,
      '5XX': problem,
    },
  }
}

function json(schema: z.ZodType): Json {
  return { 'application/json': { schema: schemaOf(schema) } }
}

function pathParameters({ path }: Endpoint): readonly Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function queryParameters({ windowed, query }: Endpoint): readonly Json[] {
  const own = Object.entries(query.shape as Readonly<Record<string, z.ZodType>>).map(([name, schema]) => {
    const { $schema, description, ...rest } = z.toJSONSchema(schema, { io: 'input' })
    return { name, in: 'query', required: false, description, schema: rest }
  })
  return [...(windowed ? [{ $ref: '#/components/parameters/Window' }] : []), ...own]
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
    // Of a body what is sent; answers have no defaults, so that they are the same either way.
    io: 'input',
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
