import { describe, expect, it } from 'vitest';
import { strengthOf } from './strength.ts';

describe('strengthOf', () => {
  it.each([
    ['', 0],
    ['elevenchars', 0],
    ['aaaaaaaaaaaaaaaa', 1],
    ['123456789012', 1],
    ['password1234', 1],
    ['qwertyuiop12', 1],
    ['harbour lantern twelve violin copper moss', 3],
    ['t7#Kq9!vZ2@mR4', 3],
  ])('%j has level %i', async (passphrase, level) => {
    expect((await strengthOf(passphrase)).level).toBe(level);
  });

  it('says what is missing, and takes no time over a passphrase without end', async () => {
    expect((await strengthOf('elevenchars')).text).toBe('1 more character.');
    expect((await strengthOf('password1234')).text).toMatch(/^Weak: easy to guess\. ./);
    expect((await strengthOf('x'.repeat(1024))).level).toBe(1);
  });
});
