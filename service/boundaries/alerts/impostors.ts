import type { AlertRule } from './rule.ts';
import { CONTAIN, FREEZE, FREEZE_WALLET, HOUR, NOTE, REENCRYPT } from './steps.ts';

/** Who acts as somebody else, or with power that was lent: keys, sessions, signatures, orders, addresses. */
export const IMPOSTOR_RULES: readonly AlertRule[] = [
  {
    id: 'authentication-failures',
    title: 'More than 100 authentication failures of one address in five minutes',
    ...{ asset: 'control', goal: 'impersonate', severity: 2 },
    on: ['auth.sources'],
    detect: {
      type: 'each',
      list: 'sources',
      subject: 'subject',
      value: 'failures',
      above: 100,
      quietSeconds: 300,
    },
    steps: [{ route: 'limits.lower', does: 'Lower the limit of a key that is being guessed at.' }, NOTE],
  },
  {
    id: 'signature-replay',
    title: 'Somebody sends an operator’s signature a second time',
    ...{ asset: 'control', goal: 'impersonate', severity: 1 },
    on: ['auth.refusals'],
    detect: { type: 'each', where: { field: 'reason', equals: 'signature_replayed' }, quietSeconds: 900 },
    steps: [
      { route: 'operators.revoke', does: 'Revoke the operator whose requests are being replayed.' },
      NOTE,
    ],
  },
  {
    id: 'probe-replay',
    title: 'Somebody sends a signature of the probes a second time, outside of a round',
    ...{ asset: 'control', goal: 'impersonate', severity: 2 },
    on: ['auth.refusals'],
    detect: { type: 'each', where: { field: 'reason', equals: 'probe_replayed' }, quietSeconds: 900 },
    expected: 'probe-operator',
    steps: [NOTE],
  },
  {
    id: 'spoofed-proxy',
    title: 'Strangers are refused who claim addresses that no trusted proxy vouches for',
    ...{ asset: 'control', goal: 'impersonate', severity: 3 },
    on: ['auth.refusals'],
    detect: {
      type: 'each',
      where: { field: 'reason', equals: 'spoofed_address' },
      // Now and then a stranger's tool sets the header; a campaign does so all the time.
      ...{ value: 'count', above: 20, quietSeconds: 900 },
    },
    steps: [NOTE],
  },
  {
    id: 'refresh-reuse',
    title: 'A refresh token was used twice',
    ...{ asset: 'control', goal: 'impersonate', severity: 2 },
    on: ['session.reuse-detected'],
    detect: { type: 'each', subject: 'accountId', quietSeconds: HOUR },
    expected: 'probe-account',
    steps: [
      { ...FREEZE_WALLET, does: 'Freeze the account’s wallet, and that of each of its agents by itself.' },
      CONTAIN,
      { route: 'accounts.revoke-sessions', does: 'End every session of the account.' },
      NOTE,
    ],
  },
  {
    id: 'session-storm',
    title: 'More than 20 sessions of one account in an hour',
    ...{ asset: 'control', goal: 'impersonate', severity: 2 },
    on: ['session.opened'],
    detect: { type: 'count', subject: 'accountId', windowSeconds: HOUR, above: 20, quietAt: 10 },
    expected: 'probe-account',
    steps: [{ route: 'accounts.revoke-sessions', does: 'End every session of the account.' }, CONTAIN, NOTE],
  },
  {
    id: 'canary-used',
    title: 'Somebody used a secret that was planted to be stolen',
    ...{ asset: 'control', goal: 'impersonate', severity: 1 },
    on: ['canary.used'],
    detect: { type: 'each', subject: 'canaryId', quietSeconds: HOUR },
    // Whoever found what was planted may have found what stood beside it.
    steps: [FREEZE, CONTAIN, REENCRYPT, NOTE],
  },
  {
    id: 'order-ran',
    title: 'Somebody ran a break-glass order, without a vault',
    ...{ asset: 'control', goal: 'disrupt', severity: 2 },
    on: ['order.ran'],
    detect: { type: 'each', subject: 'orderId', quietSeconds: HOUR },
    steps: [{ route: 'orders.revoke', does: 'Revoke the order if nobody of yours ran it.' }, NOTE],
  },
  {
    id: 'order-refused',
    title: 'Somebody who holds the code of a break-glass order was refused',
    ...{ asset: 'control', goal: 'disrupt', severity: 2 },
    on: ['order.refused'],
    detect: { type: 'each', subject: 'orderId', quietSeconds: HOUR },
    steps: [{ route: 'orders.revoke', does: 'Revoke the order and ask who has its envelope.' }, NOTE],
  },
  {
    id: 'vault-canary',
    title: 'A secret of a vault was opened that is there to be touched by nobody',
    ...{ asset: 'control', goal: 'impersonate', severity: 1 },
    on: ['vault.secret-used'],
    detect: { type: 'each', subject: 'keyId', where: { field: 'canary', equals: true }, quietSeconds: HOUR },
    steps: [{ route: 'operators.revoke', does: 'Revoke the operator whose vault it is.' }, FREEZE, NOTE],
  },
  {
    id: 'key-reveal',
    title: 'One operator uses more than 20 secrets of a vault in five minutes',
    ...{ asset: 'control', goal: 'impersonate', severity: 2 },
    on: ['vault.secret-used'],
    detect: { type: 'count', subject: 'keyId', windowSeconds: 300, above: 20, quietAt: 5 },
    steps: [{ route: 'operators.revoke', does: 'Revoke the operator whose vault it is.' }, NOTE],
  },
];
