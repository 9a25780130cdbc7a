import { describe, expect, it } from 'vitest';
import { familyOf } from '../../shared/ids/credentials.ts';
import { badAuthorization } from './tokens.ts';

const draw = 'Ab'.padEnd(43, 'c');

describe('badAuthorization', () => {
  it('makes a token of the right shape that was never issued', () => {
    expect(badAuthorization('unknown', draw, undefined)).toBe(`Bearer th_${draw}`);
  });

  it('makes tokens of other families', () => {
    for (const first of ['A', 'B'])
      expect(familyOf((badAuthorization('wrong-family', first + draw, undefined) ?? '').slice(7))).toMatch(
        /^(management|platform)$/,
      );
  });

  it('replays a revoked key, or an unknown one as long as none was revoked', () => {
    expect(badAuthorization('revoked', draw, 'th_old')).toBe('Bearer th_old');
    expect(badAuthorization('revoked', draw, undefined)).toBe(`Bearer th_${draw}`);
  });

  it('sends nothing for a missing token', () => {
    expect(badAuthorization('missing', draw, 'th_old')).toBeNull();
  });
});
