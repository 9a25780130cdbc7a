import { describe, expect, it } from 'vitest';
import type { Region } from '../../../shared/http/scans.ts';
import { normaliseAddress } from '../../gate/client-address.ts';
import { regionOf } from './region.ts';
import { IPV4_BLOCKS } from './region-table.ts';

/**
 * Of each block 0 to 255 the region in which most of its addresses are registered by country, on 17 June 2026 (facts taken from
 * registries' statistics, published by the NRO under CC BY 4.0): Africa, asia-Pacific, Europe with the middle east,
 * Latin and North america.
 */
const MAJORITY =
  '-PENNENNNN-NNNPNNNNNNNNNNENPNNNENNNNPENPNAPPNNENNPNENENNNEPPPPENNNNNNNNNNNNNNEEEEEEEEEEEEEEEEEEENNNNNPAPNAPNNEPPPPPPPPPPPPPPPPP-' +
  'NNNNNPNNNNNNNENNNENNNNPENPANNNNNNNNPNNNNNNNPNNNPELELPLPPNELLELLLNEEEAANNLLPPNNNNNNPPEENNNEPPPPPP--------------------------------';
const LETTERS: Readonly<Record<Region, string>> = {
  ...{ africa: 'A', 'asia-pacific': 'P', 'europe-middle-east': 'E', 'latin-america': 'L' },
  ...{ 'north-america': 'N', unknown: '-' },
};

describe('the region of an address', () => {
  it.each([
    ['41.0.0.1', 'africa'],
    ['1.1.1.1', 'asia-pacific'],
    ['223.255.255.255', 'asia-pacific'],
    ['81.2.69.160', 'europe-middle-east'],
    ['200.160.2.3', 'latin-america'],
    ['8.8.8.8', 'north-america'],
    ['2400:cb00::1', 'asia-pacific'],
    ['2001:200::1', 'asia-pacific'],
    ['2001:4860:4860::8888', 'north-america'],
    ['2001:4200::1', 'africa'],
    ['2003:3fff::1', 'europe-middle-east'],
    ['2410::1', 'asia-pacific'],
    ['2620:1ff::1', 'north-america'],
    ['2607:f8b0::1', 'north-america'],
    ['2800:3f0::1', 'latin-america'],
    ['2a02:6b8::1', 'europe-middle-east'],
    ['2c0f:fb50::1', 'africa'],
    ['::ffff:8.8.8.8', 'north-america'],
  ])('%s is in %s', (address, region) => {
    expect(regionOf(normaliseAddress(address) ?? '')).toBe(region);
  });

  it.each([
    ...['10.1.2.3', '127.0.0.1', '192.168.1.1', '172.16.0.1', '100.64.0.1', '169.254.1.1', '224.0.0.1'],
    ...['0.0.0.0', '255.255.255.255', '::1', 'fe80::1', 'fd00::1', '2001:db8::1', 'local', ''],
  ])('of %s is unknown', (address) => {
    expect(regionOf(address)).toBe('unknown');
  });

  it('is that of most addresses of its block, in what the registries publish', () => {
    const own = Array.from({ length: 256 }, (_, block) => LETTERS[regionOf(`${block}.1.0.1`)]).join('');
    expect(own).toBe(MAJORITY);
  });

  it('is one for each block: no number stands in the table twice', () => {
    const numbers = Object.values(IPV4_BLOCKS).flatMap((ranges) =>
      ranges.split(' ').flatMap((range) => {
        const [from = 0, to = from] = range.split('-').map(Number);
        return Array.from({ length: to - from + 1 }, (_, i) => from + i);
      }),
    );
    expect(new Set(numbers).size).toBe(numbers.length);
    // All unicast blocks but 0, 10 and 127.
    expect(numbers.length).toBe(221);
  });
});
