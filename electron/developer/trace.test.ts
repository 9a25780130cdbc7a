import { describe, expect, it } from 'vitest';
import type { Gate } from '../ipc/gate.ts';
import { createTrace } from './trace.ts';

const caller = { contentsId: 1, frame: null };
const clock =
  (...times: number[]) =>
  () =>
    times.shift() ?? 0;

describe('the trace of IPC calls', () => {
  it('passes everything on as it is, and keeps name, route, time and outcome', async () => {
    const seen: unknown[] = [];
    const gate: Gate = async (...call) => {
      seen.push(call);
      return { ok: true, value: 'secret-answer' };
    };
    const { watch, calls } = createTrace(clock(10, 14.5));
    const payload = { route: 'keys.list', body: 'secret-payload' };
    expect(await watch(gate)(caller, 'api.call', payload)).toEqual({ ok: true, value: 'secret-answer' });
    expect(seen).toEqual([[caller, 'api.call', payload]]);
    expect(calls()).toEqual([
      { at: 10, channel: 'api.call', route: 'keys.list', ms: 4.5, outcome: 'answered' },
    ]);
    expect(JSON.stringify(calls())).not.toContain('secret');
  });

  it('keeps the code of a refusal and not its message', async () => {
    const error = {
      code: 'locked',
      message: 'secret',
      retryable: true,
      requestId: 'r',
      service: null,
    } as const;
    const { watch, calls } = createTrace(clock());
    await watch(async () => ({ ok: false, error }))(caller, 'vault.status', undefined);
    expect(calls()).toMatchObject([{ outcome: 'locked', route: '' }]);
    expect(JSON.stringify(calls())).not.toContain('secret');
  });

  it('shows no name that is not like ours, and forgets the oldest', async () => {
    const { watch, calls } = createTrace(clock());
    const gate = watch(async () => ({ ok: true, value: null }));
    for (const channel of ['<b>x</b>', 7, 'x'.repeat(65)]) await gate(caller, channel, { route: '\u0000' });
    expect(calls().map(({ channel, route }) => [channel, route])).toEqual(
      Array(3).fill(['(unnamed)', '(unnamed)']),
    );
    for (let call = 0; call < 400; call += 1) await gate(caller, 'app.info', null);
    expect(calls()).toHaveLength(300);
    expect(calls().every(({ channel }) => channel === 'app.info')).toBe(true);
  });
});
