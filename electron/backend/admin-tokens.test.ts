import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAdminTokens } from './admin-tokens.ts';

const sha256 = (text: string | null) =>
  createHash('sha256')
    .update(text ?? '')
    .digest('hex');

describe('admin tokens', () => {
  it('are new at every unlock, 32 bytes, and only their hashes leave', () => {
    const published: (readonly string[])[] = [];
    const tokens = createAdminTokens((set) => published.push(set));
    tokens.open();
    const first = tokens.own();
    expect(Buffer.from(first ?? '', 'base64url')).toHaveLength(32);
    expect(published.at(-1)).toEqual([sha256(first)]);
    tokens.close();
    expect(published.at(-1)).toEqual([]);
    tokens.open();
    expect(tokens.own()).not.toBe(first);
    expect(published.at(-1)).toEqual([sha256(tokens.own())]);
  });

  it('of tools live beside the console’s own until the lock', () => {
    const published: (readonly string[])[] = [];
    const tokens = createAdminTokens((set) => published.push(set));
    expect(tokens.issueForTool()).toBeNull();
    tokens.open();
    const tool = tokens.issueForTool();
    expect(published.at(-1)).toEqual([sha256(tokens.own()), sha256(tool)]);
    tokens.publishAgain();
    expect(published.at(-1)).toHaveLength(2);
    tokens.close();
    expect([tokens.own(), published.at(-1)]).toEqual([null, []]);
  });
});
