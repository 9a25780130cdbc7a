import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTE_IDS, routeOf } from '../../shared/http/table.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';

const cluster = await startTestCluster();
const db = cluster.open('api');
let api: TestApi;
// biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document is read as it comes
let document: any;

beforeAll(async () => {
  const clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
  document = (await api.get('/openapi.json', {})).body;
});
afterAll(async () => {
  await api.close();
  await cluster.stop();
});

describe('the OpenAPI document', () => {
  it('is 3.1 and has exactly the routes of the table', () => {
    expect(document.openapi).toBe('3.1.0');
    const described = Object.entries<Record<string, { operationId: string }>>(document.paths).flatMap(
      ([path, item]) =>
        Object.entries(item).map(
          ([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`,
        ),
    );
    const declared = ROUTE_IDS.map(
      (id) => `${id} ${routeOf(id).method} ${routeOf(id).path.replace(/:(\w+)/g, '{$1}')}`,
    );
    expect(described.sort()).toEqual(declared.sort());
  });

  it('says what each takes, answers and asks for', () => {
    const create = document.paths['/api/keys'].post;
    expect(create.security).toEqual([{ admin: [] }]);
    const body = create.requestBody.content['application/json'].schema;
    expect(body).toMatchObject({ additionalProperties: false, required: ['label'] });
    expect(Object.keys(create.responses).sort()).toEqual(['201', '4XX', '5XX']);
    expect(document.paths['/healthz'].get.security).toEqual([]);
    expect(document.paths['/api/keys'].get.parameters.map((p: { name: string }) => p.name).sort()).toEqual([
      'cursor',
      'limit',
      'state',
    ]);
    expect(document.components.securitySchemes).toHaveProperty('inference');
  });
});
