import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { allowsAddress, guardedLookup } from './addresses.ts';

const publicOnly = allowsAddress([]);

describe('an address that a name leads to', () => {
  it.each(['93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946'])('%s is public', (address) => {
    expect(publicOnly(address)).toBe(true);
  });

  it.each([
    ...['127.0.0.1', '127.8.8.8', '0.0.0.0', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254'],
    ...['100.64.0.1', '192.0.0.8', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::1', '::', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd00:ec2::254', 'ff02::1'],
    // The same private addresses, written as another family.
    ...['::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '64:ff9b::a9fe:a9fe', '2002:7f00:1::', '::127.0.0.1'],
    ...['', 'localhost', 'not an address'],
  ])('%j is not', (address) => {
    expect(publicOnly(address)).toBe(false);
  });

  it('may be private where its network is configured, and there only', () => {
    const allows = allowsAddress(['127.0.0.0/8', 'fd00::/8']);
    expect(['127.0.0.1', '::ffff:127.0.0.1', 'fd12::1'].map(allows)).toEqual([true, true, true]);
    expect(['10.0.0.1', '::1', 'fe80::1'].map(allows)).toEqual([false, false, false]);
  });
});

describe('a name that is rebound', () => {
  const lookup = (answers: LookupAddress[], all: boolean) =>
    new Promise((resolve) => {
      const resolver = ((
        _name: string,
        _options: object,
        done: (error: null, found: LookupAddress[]) => void,
      ) => done(null, answers)) as never;
      guardedLookup(publicOnly, resolver)('api.example', { all }, (error, found) => resolve(error ?? found));
    });
  const good = { address: '93.184.216.34', family: 4 };
  const bad = { address: '127.0.0.1', family: 4 };

  it('is refused as a whole when one of its answers is private', async () => {
    for (const answers of [[bad], [good, bad], [bad, good], []])
      for (const all of [true, false])
        expect(await lookup(answers, all)).toMatchObject({ code: 'address-refused' });
  });

  it('is connected to at the very answers that were judged', async () => {
    expect(await lookup([good], true)).toEqual([good]);
    expect(await lookup([good], false)).toBe(good.address);
  });
});
