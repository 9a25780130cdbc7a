import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { Handlers } from './context.ts';

/** Prepares the document of a plane; routes that are mounted afterwards are in it. Call before `mountRoutes`. */
export async function describeRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sallyport',
        version,
        description: 'Derived from the route table. Admin mutations are signed as well (RFC 9421).',
      },
      components: {
        securitySchemes: {
          admin: { type: 'http', scheme: 'bearer', description: 'The admin token' },
          inference: { type: 'http', scheme: 'bearer', description: 'A th_ key' },
          management: { type: 'http', scheme: 'bearer', description: 'A thm_ key' },
          platform: { type: 'http', scheme: 'bearer', description: 'A tokenmart_ key' },
          session: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token' },
        },
      },
    },
    transform: jsonSchemaTransform,
  });
}

export const openapiHandler = (app: () => FastifyInstance): Pick<Handlers, 'openapi.document'> => ({
  'openapi.document': async () => ({ status: 200, body: { ...app().swagger() } }),
});
