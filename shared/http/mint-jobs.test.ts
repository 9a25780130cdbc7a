import { describe, expect, it } from 'vitest';
import { mintJobRoutes } from './mint-jobs.ts';

const { body } = mintJobRoutes['mint.submit'];
const good = {
  brandId: `brd_${'0'.repeat(26)}`,
  batchName: 'spring',
  quantity: 1_000_000,
  serialPattern: 'ACME-{n:7}',
  activation: 'first_scan',
  product: { name: 'Shoe', gtin: '4006381333931', url: 'https://example.org/shoe' },
};

describe('the body of a mint order', () => {
  it.each(['4006381333931', '96385074', '614141007349', '10614141000415'])('takes the GTIN %s', (gtin) => {
    expect(body.safeParse({ ...good, product: { name: 'x', gtin } }).success).toBe(true);
  });

  it.each([
    [{ quantity: 0 }],
    [{ quantity: 1_000_001 }],
    [{ quantity: 1.5 }],
    [{ quantity: '10' }],
    [{ firstNumber: -1 }],
    [{ activation: 'later' }],
    [{ batchName: ' ' }],
    [{ serialPattern: '' }],
    [{ serialPattern: 'x'.repeat(65) }],
    [{ product: {} }],
    [{ product: { name: 'x', gtin: '4006381333932' } }],
    [{ product: { name: 'x', gtin: '400638133393' } }],
    [{ product: { name: 'x', gtin: '12345' } }],
    [{ product: { name: 'x', url: 'http://example.org' } }],
    [{ product: { name: 'x', url: 'javascript:alert(1)' } }],
    [{ product: { name: 'x', colour: 'red' } }],
    [{ state: 'completed' }],
  ])('refuses %j', (more) => {
    expect(body.safeParse({ ...good, ...more }).success).toBe(false);
  });
});
