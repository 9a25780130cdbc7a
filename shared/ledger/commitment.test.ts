import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commitField, type EntryContent, fieldsOf, jcs, leafOf } from './commitment.ts';
import { Frame, framed } from './frame.ts';

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();
const entry: EntryContent = {
  id: 'evt_00000000000000000000000000',
  kind: 'key.revoked',
  at: '2026-01-02T03:04:05.678Z',
  actor: { type: 'operator', id: 'opr_1', name: 'Ada' },
  agent: null,
  requestId: 'req_1',
  data: { keyId: 'key_1', displayPrefix: 'th_abc', reason: 'left the team' },
};
const salts = new Uint8Array(8 * 32).map((_, i) => i % 251);

describe('the leaf of an entry', () => {
  it('lists a commitment for each field, sorted by path', () => {
    const leaf = JSON.parse(leafOf(sha256, entry, salts)) as [string, string][];
    expect(leaf.map(([path]) => path)).toEqual([
      'actor',
      'agent',
      'at',
      'data.displayPrefix',
      'data.keyId',
      'data.reason',
      'kind',
      'requestId',
    ]);
    for (const [, commitment] of leaf) expect(commitment).toMatch(/^[0-9a-f]{64}$/);
  });

  it('opens one field with its salt and nothing else', () => {
    const leaf = JSON.parse(leafOf(sha256, entry, salts)) as [string, string][];
    const opened = {
      entryId: entry.id,
      path: 'data.reason',
      salt: salts.subarray(160, 192),
      value: 'left the team',
    };
    expect(leaf[5]?.[1]).toBe(commitField(sha256, opened));
    expect(leaf[5]?.[1]).not.toBe(commitField(sha256, { ...opened, value: 'stayed' }));
    expect(leaf[5]?.[1]).not.toBe(commitField(sha256, { ...opened, path: 'data.keyId' }));
  });

  it('changes with every field, with the id and with each salt', () => {
    const original = leafOf(sha256, entry, salts);
    for (const [path] of fieldsOf(entry)) {
      const name = path.replace('data.', '');
      const changed = path.startsWith('data.')
        ? { ...entry, data: { ...entry.data, [name]: 'changed' } }
        : { ...entry, [name]: name === 'actor' ? { ...entry.actor, name: 'Eve' } : 'changed' };
      expect(leafOf(sha256, changed, salts), path).not.toBe(original);
    }
    expect(leafOf(sha256, { ...entry, id: 'evt_00000000000000000000000001' }, salts)).not.toBe(original);
    for (let i = 0; i < 8; i += 1) {
      const other = salts.map((byte, at) => (at === i * 32 ? byte ^ 1 : byte));
      expect(leafOf(sha256, entry, other)).not.toBe(original);
    }
  });

  it('refuses too few salts and values that are not JSON', () => {
    expect(() => leafOf(sha256, entry, salts.subarray(32))).toThrow(
      expect.objectContaining({ code: 'salts' }),
    );
    const bad = { ...entry, data: { ...entry.data, reason: Number.NaN } };
    expect(() => leafOf(sha256, bad, salts)).toThrow(expect.objectContaining({ code: 'not-json' }));
    expect(() => jcs(undefined)).toThrow(expect.objectContaining({ code: 'not-json' }));
  });
});

describe('JCS', () => {
  it('spells everything as the library of RFC 8785 does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(jcs(value)).toBe(canonicalize(value));
      }),
    );
    expect(jcs({ b: 1e21, a: -0, é: 'é', '10': null })).toBe(
      canonicalize({ b: 1e21, a: -0, é: 'é', '10': null }),
    );
  });
});

describe('what is no JSON', () => {
  it('is refused wherever it stands: no number, half a character, a circle', () => {
    const circle: Record<string, unknown> = {};
    circle.again = [circle];
    for (const bad of [
      [Number.NaN],
      { a: [Number.POSITIVE_INFINITY] },
      { a: { b: '\ud800' } },
      { '\udc00': 1 },
      circle,
    ])
      expect(() => jcs(bad)).toThrow(expect.objectContaining({ code: 'not-json' }));
  });
});

describe('framing', () => {
  it('puts the length of the bytes in front of each part, however long and of whatever characters', () => {
    for (const text of ['', 'a', 'é', '漢字'.repeat(40), 'x'.repeat(100_000), '\ud800']) {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      expect(Buffer.concat([length, bytes]).equals(framed(['before', text]).subarray(10))).toBe(true);
      expect(Buffer.from(framed(['before', bytes])).equals(framed(['before', text]))).toBe(true);
    }
  });

  it('forgets what it is told to', () => {
    const frame = new Frame().add('kept');
    const { length } = frame;
    frame.add('gone').cut(length).add('new');
    expect(Buffer.from(frame.bytes).equals(framed(['kept', 'new']))).toBe(true);
  });

  it('gives different bytes for different lists of parts', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (a, b) => {
        const equal = Buffer.from(framed(a)).equals(framed(b));
        expect(equal).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});
