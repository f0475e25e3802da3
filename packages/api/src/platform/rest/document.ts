import type { z } from 'zod'
import { createDocument, type ZodOpenApiObject, type ZodOpenApiOperationObject } from 'zod-openapi'
import type { Config } from '../config.ts'
import { cookieNames } from '../http/credentials.ts'
import { componentsOf, type Names } from './components.ts'
import { hasBody } from './input.ts'
import { parametersOf } from './parameters.ts'
import { responsesOf } from './responses.ts'
import type { RestRoute } from './table.ts'
import { tidy } from './tidy.ts'

/** Of schemas that are both sent and answered, the second. */
const ANSWERED = 'Answered'

/** Who may call, as a document says it: alternatives, of which the empty one is nobody in particular. */
const SIGNED_IN = [{ bearer: [] }, { session: [] }]
const SHOPPER = [{ guest: [] }, { guestCookie: [] }, { bearer: [] }, { session: [] }]

const securityOf = (access: string) => {
  if (access === 'public') return [{}, ...SHOPPER]
  return access === 'shopper' ? [{}, ...SHOPPER] : SIGNED_IN
}

/** The OpenAPI 3.1 document of the resources: all that a client needs, made from what the procedures say of themselves. */
export function documentOf(
  routes: readonly RestRoute[],
  names: Names,
  http: Pick<Config['http'], 'secureCookies'>,
): object {
  const components = componentsOf(routes, names)
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  // One resource has one path, and one name for each part in braces, whatever its procedures call the field.
  const pathOf = new Map<string, string>()
  for (const route of routes) {
    const path = pathOf.get(route.form) ?? route.path
    pathOf.set(route.form, path)
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, path, components.bodies) }
  }
  const cookies = cookieNames(http)
  const document = createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Barrow',
        version: 'v1',
        description: [
          'The procedures of the shop as resources, in plain JSON. Amounts are integers in minor units of the currency',
          'beside them, times are UTC. Lists answer `rows` and `next`: give `next` as `cursor` for the page after it.',
          'Every refusal is a problem (RFC 9457) with a `reason` to switch on.',
        ].join(' '),
      },
      servers: [{ url: '/rest/v1' }],
      tags: [...new Set(routes.map(tagOf))].map((name) => ({ name })),
      // Written above by method; the library wants all that a path may have besides.
      paths: paths as NonNullable<ZodOpenApiObject['paths']>,
      components: {
        schemas: components.schemas,
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description:
              'The token of an API key, or of a session: signing in with the header `Barrow-Session: bearer` answers it in that header.',
          },
          session: { type: 'apiKey', in: 'cookie', name: cookies.session, description: 'A browser’s session.' },
          guest: {
            type: 'apiKey',
            in: 'header',
            name: 'Barrow-Guest',
            description: 'A visitor’s cart token, answered in this header by the call that begins a cart.',
          },
          guestCookie: { type: 'apiKey', in: 'cookie', name: cookies.guest, description: 'A browser’s cart token.' },
        },
      },
    },
    {
      outputIdSuffix: ANSWERED,
      // Everything with a name is tried as an answer too: of a body that no answer holds, that is thrown away.
      allowEmptySchema: { pipe: { output: true } },
      override: ({ jsonSchema, zodSchema }) => {
        delete jsonSchema.inHeader
        if (zodSchema._zod.def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
      },
    },
  )
  return tidy(document, ANSWERED)
}

const tagOf = ({ procedure }: RestRoute): string => procedure.split('.')[0] ?? ''

function operation(route: RestRoute, at: string, bodies: ReadonlyMap<string, z.ZodObject>): ZodOpenApiOperationObject {
  const { meta, method, procedure, path } = route
  const body = hasBody(route) ? bodies.get(`${method} ${path}`) : undefined
  return {
    operationId: [procedure, ...route.fields.filter((field) => /^(slug|sku)$/.test(field))].join('.'),
    tags: [tagOf(route)],
    summary: meta.summary,
    security: securityOf(meta.access),
    ...parametersOf(route, at),
    ...(body && {
      requestBody: { required: !body.safeParse({}).success, content: { 'application/json': { schema: body } } },
    }),
    responses: responsesOf(route),
  }
}
