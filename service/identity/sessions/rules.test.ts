import { describe, expect, it } from 'vitest';
import { judgeRefresh, newRefreshToken, refreshHash } from './rules.ts';

const now = new Date('2030-01-01T00:00:00Z');
const earlier = new Date(now.getTime() - 1);
const later = new Date(now.getTime() + 1);
const row = {
  session_id: 'ses',
  account_id: 'acc',
  generation: 1,
  expires_at: later,
  used_at: null,
  revoked_at: null,
};

describe('a refresh token', () => {
  it('is 32 random bytes without a prefix, and is kept as its SHA-256', () => {
    const token = newRefreshToken(new Uint8Array(32).fill(1));
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(refreshHash(token)).toHaveLength(32);
    expect(() => newRefreshToken(new Uint8Array(31))).toThrow(RangeError);
  });

  it.each([
    ['good', row],
    ['refused', undefined],
    ['refused', { ...row, expires_at: now }],
    ['refused', { ...row, expires_at: earlier }],
    ['reused', { ...row, used_at: earlier }],
    ['reused', { ...row, used_at: earlier, expires_at: earlier }],
    ['refused', { ...row, revoked_at: earlier }],
    ['refused', { ...row, revoked_at: earlier, used_at: earlier }],
  ])('is %s when its row is %j', (verdict, found) => {
    expect(judgeRefresh(found, now)).toBe(verdict);
  });
});
