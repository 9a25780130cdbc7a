import { describe, expect, it } from 'vitest';
import { emailKey, type LoginRow, requireLogin } from './rules.ts';

const codeOf = (work: () => unknown) => {
  try {
    work();
    return 'good';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('emailKey', () => {
  it.each([
    ['case', 'Ada@Example.ORG', 'ada@example.org'],
    ['composed and decomposed forms', 'rene\u0301@example.org', 'rené@example.org'],
    ['compatibility forms', 'ﬁona@example.org', 'fiona@example.org'],
    ['full width, the sign included', 'ａｄａ＠example.org', 'ada@example.org'],
    ['final sigma', 'ΛΟΓΟΣ@example.org', 'λογος@example.org'],
    ['Punycode', 'ada@bücher.example', 'ada@xn--bcher-kva.example'],
  ])('unites spellings that differ in %s', (_what, left, right) => {
    expect(emailKey(left)).toBe(emailKey(right));
  });

  it('keeps apart what only looks alike to a person, or is tagged', () => {
    expect(emailKey('ada@example.org')).not.toBe(emailKey('аda@example.org'));
    expect(emailKey('ada@example.org')).not.toBe(emailKey('ada+x@example.org'));
  });

  it('refuses what is no address once it is normalised', () => {
    // U+FE6B is another commercial at; U+FDFA becomes eighteen characters with spaces.
    for (const email of ['a\ufe6bb@c.org', `${'\ufdfa'.repeat(20)}@c.org`, 'a@[', 'a@exa%mple', 'a@xn--a'])
      expect(
        codeOf(() => emailKey(email)),
        email,
      ).toBe('invalid_body');
  });
});

describe('a login', () => {
  const row = {
    id: 'acc_1',
    email: 'a@b.org',
    role: 'user',
    created_at: new Date(0),
    password_hash: 'stored',
    contained: false,
  } as const;

  async function stepsOf(found: LoginRow | undefined, right: boolean) {
    const steps: unknown[] = [];
    const find = async (key: string) => {
      steps.push(['find', key]);
      return found;
    };
    const matches = async (password: string, stored: string | null) => {
      steps.push(['compare', password]);
      return right && stored !== null;
    };
    const outcome = await requireLogin(
      find,
      { matches },
      { email: 'A@b.org', password: 'the password' },
    ).then(
      (account) => account.id,
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    );
    return { steps, outcome };
  }

  it('takes the same steps and gives the same answer for an unknown account as for a wrong password', async () => {
    const unknown = await stepsOf(undefined, true);
    const wrong = await stepsOf(row, false);
    expect(unknown).toEqual(wrong);
    expect(unknown.steps).toEqual([
      ['find', 'a@b.org'],
      ['compare', 'the password'],
    ]);
    expect(unknown.outcome).toBe('unauthorized: e-mail or password is wrong');
  });

  it('takes the same steps and gives the same answer for a contained account, whose password is right', async () => {
    expect(await stepsOf({ ...row, contained: true }, true)).toEqual(await stepsOf(row, false));
  });

  it('opens with the right password', async () => {
    expect((await stepsOf(row, true)).outcome).toBe('acc_1');
  });
});
