import { describe, expect, it } from 'vitest';
import { authorityOf, usesOf } from './authority.ts';
import { OPERATOR_ROLES } from './route.ts';
import { ROUTE_IDS, routeOf } from './table.ts';

describe('what a role may sign', () => {
  it('is every signed route of the table that names it, once, and nothing else', () => {
    for (const role of OPERATOR_ROLES) {
      const listed = authorityOf(role).flatMap(({ routes }) => routes);
      const named = ROUTE_IDS.filter((id) => {
        const { signed, confinedTo } = routeOf(id).policy;
        // What the probes alone may sign is no person's.
        return confinedTo === undefined && Array.isArray(signed) && signed.includes(role);
      });
      expect([...listed].sort(), role).toEqual([...named].sort());
    }
  });

  it('weighs as much as the gravest of its routes', () => {
    const limits = authorityOf('responder').find(({ group }) => group === 'limits');
    expect(limits).toMatchObject({ routes: ['limits.lower', 'limits.raise'], risk: 'critical' });
    expect(authorityOf('reviewer')).toEqual([
      { group: 'access', routes: ['access.sign'], risk: 'sensitive' },
      { group: 'boundaries', routes: ['boundaries.checkConsole'], risk: 'routine' },
      { group: 'events', routes: ['events.ticket'], risk: 'routine' },
      { group: 'ledger', routes: ['ledger.reportFork'], risk: 'routine' },
      { group: 'vault', routes: ['vault.journal'], risk: 'routine' },
    ]);
  });

  it('is seen in use by what its routes write; a proposal shows in its own group', () => {
    const uses = (role: 'administrator', name: string) => {
      const found = authorityOf(role).find(({ group }) => group === name);
      return found ? usesOf(found) : [];
    };
    expect(uses('administrator', 'limits')).toEqual(['key.limit-lowered']);
    expect(uses('administrator', 'proposals')).toEqual([
      'proposal.approved',
      'proposal.executed',
      'proposal.proposed',
      'proposal.withdrawn',
    ]);
    expect(uses('administrator', 'operators')).not.toContain('proposal.withdrawn');
  });
});
