import { describe, expect, it } from 'vitest';
import { consoleOf, introduced } from '../../tests/fixtures/two-consoles.ts';
import { CustodyError } from './custody-error.ts';
import { type KnownOperator, keyIdOf, requireAsEnrolled, type TwoPersons } from './persons.ts';

const clock = { now: () => new Date() };

const judged = (persons: TwoPersons, known: readonly KnownOperator[]): string => {
  try {
    requireAsEnrolled(persons, known);
    return 'accepted';
  } catch (error) {
    return error instanceof CustodyError ? error.code : String(error);
  }
};

describe('attack: one person as two, where a service knows them', () => {
  it('is refused where it knows both keys as one person’s, or one of them as another’s', async () => {
    const persons = await introduced(consoleOf('Mina', clock), consoleOf('Omar', clock));
    const as = (first: string, second: string): KnownOperator[] => [
      { keyId: keyIdOf(persons.first.publicKey), name: first, state: 'active' },
      { keyId: keyIdOf(persons.second.publicKey), name: second, state: 'active' },
    ];
    expect(judged(persons, as('Mina', 'omar'))).toBe('accepted');
    expect(judged(persons, [])).toBe('accepted');
    expect(judged(persons, as('Mina', 'MINA'))).toBe('same-person');
    expect(judged(persons, as('Mina', 'Somebody'))).toBe('second-foreign');
  });

  it('is refused with a key that the service has revoked, whose name still counts', async () => {
    const persons = await introduced(consoleOf('Mina', clock), consoleOf('Omar', clock));
    const [first, second] = [persons.first, persons.second].map(({ publicKey, name }) => ({
      ...{ keyId: keyIdOf(publicKey), name, state: 'active' },
    })) as [KnownOperator, KnownOperator];
    const revoked = (known: KnownOperator): KnownOperator => ({ ...known, state: 'revoked' });
    expect(judged(persons, [first, second])).toBe('accepted');
    expect(judged(persons, [first, revoked(second)])).toBe('second-revoked');
    expect(judged(persons, [revoked(first), second])).toBe('second-revoked');
    expect(judged(persons, [first, revoked({ ...second, name: 'Mina' })])).toBe('same-person');
    // Whoever was enrolled again with the same key is an operator.
    expect(judged(persons, [first, revoked(second), second])).toBe('accepted');
  });
});
