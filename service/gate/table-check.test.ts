import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Route } from '../../shared/http/route.ts';
import { ROUTE_IDS, ROUTES, routeOf } from '../../shared/http/table.ts';
import { checkTable } from './table-check.ts';

const route: Route = {
  method: 'POST',
  path: '/x',
  summary: 'x',
  plane: 'admin',
  answers: { 200: z.object({}) },
  policy: { bearer: 'admin', signed: ['administrator'] },
  effect: 'mutate',
  risk: { level: 'sensitive' },
  card: { title: 'x', effect: 'x' },
  events: [],
};
const unsigned: Route = {
  ...route,
  plane: 'public',
  policy: { bearer: 'none', signed: 'no', unsignedBecause: 'strangers have no key' },
};
const code = (table: Record<string, unknown>, handlers: Record<string, unknown> = { x: () => undefined }) => {
  try {
    checkTable(table as Record<string, Route>, handlers);
    return 'good';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('checkTable', () => {
  it('refuses a mutation that the facilitator could make', () => {
    const policy = { ...unsigned.policy, bearer: 'facilitator' };
    expect(code({ x: { ...unsigned, policy } })).toBe('unsigned-mutation');
  });

  it('passes the table there is, when every route has a handler', () => {
    const direct = ROUTE_IDS.filter((id) => routeOf(id).risk?.level !== 'critical');
    expect(direct.length).toBeLessThan(ROUTE_IDS.length);
    const handlers = Object.fromEntries(direct.map((id) => [id, () => undefined]));
    expect(code(ROUTES, handlers)).toBe('good');
    expect(code({ x: route })).toBe('good');
    expect(code({ x: unsigned })).toBe('good');
  });

  it.each([
    ['no-policy', { x: { ...route, policy: undefined } }],
    ['no-policy', { x: { ...route, policy: { bearer: 'admin' } } }],
    ['no-answer', { x: { ...route, answers: {} } }],
    ['unsigned-mutation', { x: { ...route, policy: { bearer: 'admin', signed: 'no' } } }],
    ['unsigned-mutation', { x: { ...unsigned, plane: 'admin' } }],
    ['unsigned-mutation', { x: { ...unsigned, policy: { ...unsigned.policy, bearer: 'admin' } } }],
    ['unsigned-mutation', { x: { ...unsigned, policy: { bearer: 'none', signed: 'no' } } }],
    ['no-risk', { x: { ...route, risk: undefined } }],
    ['no-risk', { x: { ...route, card: undefined } }],
  ])('fails with %s', (expected, table) => {
    expect(code(table)).toBe(expected);
  });

  it('lets a critical route do nothing but propose', () => {
    const critical = { ...route, risk: { level: 'critical' as const }, answers: { 202: z.object({}) } };
    expect(code({ x: critical }, {})).toBe('good');
    expect(code({ x: critical })).toBe('one-signature');
    expect(code({ x: { ...critical, answers: { 200: z.object({}) } } }, {})).toBe('one-signature');
    expect(code({ x: { ...critical, policy: { bearer: 'admin', signed: 'by-enrolling-key' } } }, {})).toBe(
      'one-signature',
    );
  });

  it('fails for a route without a handler', () => {
    expect(code({ x: route }, {})).toBe('no-handler');
  });
});
