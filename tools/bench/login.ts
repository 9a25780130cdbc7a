import { randomBytes } from 'node:crypto';
import { createPasswords } from '../../service/identity/accounts/passwords.ts';
import { requireLogin } from '../../service/identity/accounts/rules.ts';
import { DEFAULT_IDENTITY } from '../../shared/service/launch.ts';
import type { Place } from './place.ts';
import { comparisonNote, type Result } from './result.ts';
import { compare, median, rankSumZ } from './statistics.ts';

/** A stranger who may take many samples must not see more than the machine's own noise. */
const BUDGET = 1.05;
const LOGINS = 6;

const milliseconds = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work().catch(() => undefined);
  return performance.now() - began;
};

/**
 * How long a login takes with an address that nobody has, against one with a wrong password, at the production's cost of a
 * password. That both do the same work is a test (`service/identity/accounts`); this shows that the same work takes the same time.
 */
export async function measureLogin(_place: Place, runs: number): Promise<readonly Result[]> {
  const passwords = createPasswords({
    cost: DEFAULT_IDENTITY.password,
    random: (bytes) => randomBytes(bytes),
  });
  const stored = await passwords.hash('the right password');
  const row = {
    id: 'acc_1',
    email: 'a@b.org',
    role: 'user',
    created_at: new Date(),
    password_hash: stored,
    contained: false,
  } as const;
  const attempt = { email: 'a@b.org', password: 'a wrong password' };
  const unknown: number[] = [];
  const wrong: number[] = [];
  for (let i = 0; i < runs * LOGINS; i += 1) {
    // Whoever comes first pays for a cold cache, so they take turns.
    const known = async () =>
      void wrong.push(await milliseconds(() => requireLogin(async () => row, passwords, attempt)));
    const nobody = async () =>
      void unknown.push(await milliseconds(() => requireLogin(async () => undefined, passwords, attempt)));
    for (const login of i % 2 === 0 ? [known, nobody] : [nobody, known]) await login();
  }
  const pairs = Array.from({ length: runs }, (_, run) => {
    const ofRun = (all: readonly number[]) => median(all.slice(run * LOGINS, (run + 1) * LOGINS));
    return { ours: ofRun(unknown), reference: ofRun(wrong) };
  });
  const comparison = compare(pairs);
  const z = rankSumZ(unknown, wrong);
  return [
    {
      ...{
        id: 'LOGIN',
        work: 'login of an unknown account',
        against: 'one with a wrong password',
        unit: 'ms',
      },
      ...{ ...comparison, budget: BUDGET },
      notes: [
        comparisonNote(comparison),
        `${unknown.length} logins a side, in turns`,
        `rank-sum z = ${z.toFixed(2)}, ${Math.abs(z) < 1.96 ? 'no difference' : 'a difference'} at 5 %`,
      ],
    },
  ];
}
