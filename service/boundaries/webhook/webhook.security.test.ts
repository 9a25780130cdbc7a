import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { webhookRoutes } from '../../../shared/http/webhook.ts';
import { allowsAddress } from '../../outbound/addresses.ts';
import { OutboundError } from '../../outbound/outbound-error.ts';
import { ruleOf } from '../alerts/catalogue.ts';
import { Replay } from '../alerts/replay.ts';
import { messageOf, secretText, signedHeaders, webhookKey } from './message.ts';
import { failureOf, MOST_ATTEMPTS, outcomeOf, pauseMs, requireSendable } from './rules.ts';

const SYSTEM = {
  actor: { type: 'system', id: 'alerts', name: null },
  agent: null,
  requestId: null,
} as const;
const AT = new Date('2030-01-01T00:00:00.500Z');

describe('an address', () => {
  const takes = (url: string) => webhookRoutes['webhook.set'].body.safeParse({ url }).success;
  const refusedFor = (url: string, development = false) => {
    try {
      requireSendable(url, { allows: allowsAddress(['10.1.0.0/16']), development });
      return null;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it.each(['https://alerts.example/hook', 'https://alerts.example:8443/', 'https://[2606:2800:220:1::1]/'])(
    '%s is one',
    (url) => expect([takes(url), refusedFor(url)]).toEqual([true, null]),
  );

  it.each([
    ...['https://user:pass@alerts.example/', 'https://alerts.example/?token=1', 'https://alerts.example/#x'],
    ...['https://alerts.example', 'HTTPS://ALERTS.EXAMPLE/', 'https://alerts.example/a/../b'],
    ...['ftp://alerts.example/', 'file:///etc/passwd', 'data:,x', 'alerts.example', ''],
    `https://alerts.example/${'a'.repeat(500)}`,
  ])('%s is none', (url) => expect(takes(url)).toBe(false));

  it.each(['https://127.0.0.1/', 'https://169.254.169.254/', 'https://[::1]/', 'https://[::ffff:7f00:1]/'])(
    '%s is private',
    (url) => expect(refusedFor(url)).toBe('bad_request'),
  );

  it('is private only where its network is configured, and plain only in development', () => {
    expect(refusedFor('https://10.1.2.3/')).toBeNull();
    expect(refusedFor('http://alerts.example/')).toBe('bad_request');
    expect(refusedFor('http://alerts.example/', true)).toBeNull();
  });
});

describe('a message', () => {
  it('has what the screen of alerts shows, and nothing that a person wrote', () => {
    const moved = {
      ...SYSTEM,
      kind: 'incident.state-changed',
      data: { incidentId: 'inc_1', from: 'open', to: 'closed', reason: 'Zoe of 4 Elm St called' },
    } as const;
    expect(JSON.parse(messageOf('evt_1', moved, AT) ?? '')).toEqual({
      ...{ id: 'evt_1', type: 'incident.state-changed', timestamp: AT.toISOString() },
      data: { incidentId: 'inc_1', from: 'open', to: 'closed' },
    });
    const raised = { rule: 'refresh-reuse', subject: 'acc_1', entry: 7, again: true };
    const told = JSON.parse(messageOf('evt_2', { ...SYSTEM, kind: 'alert.raised', data: raised }, AT) ?? '');
    expect(told.data).toEqual({
      ...{ title: 'A refresh token was used twice', rule: 'refresh-reuse', subject: 'acc_1', again: true },
    });
  });

  it('is not made of anything else that the log tells', () => {
    for (const kind of ['canary.used', 'key.created', 'incident.noted', 'webhook.set'] as const)
      expect(messageOf('evt_1', { ...SYSTEM, kind, data: { label: 'x' } }, AT)).toBeNull();
  });

  it('is signed over its id, the second of the attempt and every byte', () => {
    const key = webhookKey(Buffer.alloc(32, 1), 'whk_1');
    const headers = signedHeaders(key, 'evt_1', '{"a":1}', AT);
    expect(headers['webhook-timestamp']).toBe('1893456000');
    const verify = (secret: string, signed: string) =>
      createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'))
        .update(signed)
        .digest('base64') === headers['webhook-signature']?.slice(3);
    expect(verify(secretText(key), 'evt_1.1893456000.{"a":1}')).toBe(true);
    for (const forged of ['evt_2.1893456000.{"a":1}', 'evt_1.1893456001.{"a":1}', 'evt_1.1893456000.{"a":2}'])
      expect(verify(secretText(key), forged)).toBe(false);
    const another = webhookKey(Buffer.alloc(32, 1), 'whk_2');
    expect(verify(secretText(another), 'evt_1.1893456000.{"a":1}')).toBe(false);
  });

  it('of Standard Webhooks is signed as their specification signs it', () => {
    const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const at = new Date(1_614_265_330_000);
    const headers = signedHeaders(key, 'msg_p5jXN8AQM9LWM0D4loKWxJek', '{"test": 2432232314}', at);
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });
});

describe('what became of an attempt', () => {
  it('is a delivery for 2xx only', () => {
    const delivered = [200, 204, 299, 101, 301, 307, 308, 400, 410, 500].map((s) => outcomeOf(s).delivered);
    expect(delivered).toEqual([true, true, true, ...Array(7).fill(false)]);
    expect(outcomeOf(307)).toMatchObject({ error: 'redirect', status: 307 });
  });

  it('is told by its kind alone, and a fault of ours is none of the receiver’s', () => {
    expect(failureOf(new OutboundError('timeout', 'late'))).toMatchObject({ error: 'timeout', status: null });
    expect(() => failureOf(new TypeError('ours'))).toThrow('ours');
  });

  it('is followed by pauses that double up to an hour, each cut by half at most, ten hours in all', () => {
    const pauses = Array.from({ length: MOST_ATTEMPTS - 1 }, (_, i) => pauseMs(i + 1, 0));
    expect(pauses.slice(0, 3)).toEqual([5_000, 10_000, 20_000]);
    expect(Math.max(...pauses)).toBe(3_600_000);
    const hours = pauses.reduce((sum, ms) => sum + ms, 0) / 3_600_000;
    expect([hours > 8, hours < 14]).toEqual([true, true]);
    for (const attempts of [1, 5, 20, 1_000])
      expect(pauseMs(attempts, 255)).toBeGreaterThanOrEqual(pauseMs(attempts, 0) / 2);
  });
});

describe('a webhook that fails', () => {
  it('is an alert about it, until something arrives again', async () => {
    const rule = ruleOf('webhook-failing');
    if (!rule) throw new Error('no rule');
    const replay = new Replay(rule);
    const tell = (kind: string, minutes: number, data: object) =>
      replay.entry({
        ...{ kind, agent: null, actor: { id: 'webhook' }, number: minutes },
        at: new Date(AT.getTime() + minutes * 60_000).toISOString(),
        data: { webhookId: 'whk_1', ...data },
      });
    await tell('webhook.tested', 0, {});
    await tell('webhook.failing', 1, { failures: 5, because: 'timeout' });
    expect(replay.alerts()).toMatchObject([{ subject: 'whk_1', quietAt: null }]);
    await tell('webhook.restored', 2, { because: 'delivered' });
    expect(replay.alerts()).toMatchObject([{ quietAt: expect.any(String) }]);
  });
});
