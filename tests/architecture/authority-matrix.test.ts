import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../shared/http/route.ts';
import { ROUTES } from '../../shared/http/table.ts';
import { authorityMatrix, CALLERS, needsOwner, verdictOf } from '../fixtures/authority.ts';

const MATRIX = resolve(import.meta.dirname, '..', '..', 'docs', 'authority-matrix.md');
const routes: [string, Route][] = Object.entries(ROUTES);

describe('docs/authority-matrix.md', () => {
  it('says what the route table says', async () => {
    const command = 'npx vitest run --project architecture tests/architecture/authority-matrix.test.ts -u';
    await expect(
      authorityMatrix(ROUTES),
      `the route table has changed who may call what; if that is meant, run: ${command}`,
    ).toMatchFileSnapshot(MATRIX);
  });
});

describe('every route', () => {
  it.each(routes)('%s declares a policy', (_id, { policy }) => {
    expect(policy?.bearer).toBeTruthy();
    expect(policy?.signed).toBeTruthy();
  });

  it.each(routes)('%s says what another owner’s thing answers, where its path names one', (_id, route) => {
    const hint =
      'declare `owner: 403`, `404` or `anyone` in its policy, of a route with parameters for accounts, agents or keys only';
    expect(route.policy.owner !== undefined, hint).toBe(needsOwner(route));
  });

  it.each(routes.filter(([, { plane }]) => plane === 'admin'))(
    '%s, of the admin plane, lets in nobody without the admin token',
    (_id, route) => {
      const others = CALLERS.filter((caller) => !/^(?:admin token|signed: .*|stream ticket)$/.test(caller));
      for (const caller of others) expect([401, 403], caller).toContain(verdictOf(route, caller));
    },
  );
});
