import { IMPOSTOR_RULES } from './impostors.ts';
import type { AlertRule } from './rule.ts';
import { CONTAIN, CORRECT, FREEZE, FREEZE_WALLET, HOUR, NOTE, REENCRYPT } from './steps.ts';

/** The alert rules of SPEC 16. */
export const ALERT_RULES: readonly AlertRule[] = [
  ...IMPOSTOR_RULES,
  {
    id: 'export-link-leak',
    title: 'One export is downloaded more than three times in five minutes',
    ...{ asset: 'ownership', goal: 'impersonate', severity: 2 },
    on: ['mint.export-opened'],
    // An address works for five minutes; a download that broke off is begun again once or twice.
    detect: { type: 'count', subject: 'exportId', windowSeconds: 300, above: 3, quietAt: 1 },
    steps: [CONTAIN, NOTE],
  },
  {
    id: 'spend-spike',
    title: 'A key spends more than three times its hourly baseline',
    ...{ asset: 'money', goal: 'drain', severity: 2 },
    on: ['generation.settled'],
    detect: {
      type: 'baseline',
      ...{ subject: 'keyId', amount: 'cost', factor: 3, quietFactor: 2, activeHours: 3, least: '1' },
    },
    steps: [
      { route: 'limits.lower', does: 'Slow the key down while you ask its owner.' },
      { route: 'keys.revoke', does: 'Revoke the key.' },
      FREEZE_WALLET,
      FREEZE,
      CORRECT,
    ],
  },
  {
    id: 'cost-above-hold',
    title: 'A generation cost more than was held for it',
    ...{ asset: 'money', goal: 'drain', severity: 3 },
    on: ['generation.over-hold'],
    detect: { type: 'each', subject: 'keyId', quietSeconds: HOUR },
    steps: [
      { route: 'prices.set', does: 'Correct the price of the model.' },
      { route: 'keys.revoke', does: 'Revoke the key.' },
      CORRECT,
    ],
  },
  {
    id: 'reviewer-ring',
    title: 'Reviewers who meet on the same claims approve more than 80 % of them together',
    ...{ asset: 'money', goal: 'drain', severity: 3 },
    on: ['review.decided'],
    detect: {
      type: 'agreement',
      ...{ group: 'claimId', choice: 'verdict', approves: 'approved' },
      ...{ above: 80, quietAt: 70, least: 5 },
    },
    // The alert names who judges. Nobody of them pays or is paid, so that none of their wallets is the one to freeze.
    steps: [
      {
        route: 'market.cancel',
        does: 'Cancel the bounty that they are deciding on; what it holds is free again.',
      },
      { route: 'market.flag', does: 'Flag them with those whose work they approve: they judge it no more.' },
      ...[CONTAIN, CORRECT, NOTE],
    ],
  },
  {
    id: 'payment-refused',
    title: 'A paywall demanded what the payer’s policy refuses',
    ...{ asset: 'money', goal: 'drain', severity: 3 },
    on: ['payer.payment-refused'],
    detect: { type: 'each', subject: 'taskId', quietSeconds: HOUR },
    steps: [
      { route: 'autonomy.cancelTask', does: 'Cancel the task that leads there.' },
      { route: 'autonomy.pause', does: 'Pause the payer.' },
      NOTE,
    ],
  },
  {
    id: 'settlement-disputed',
    title: 'A paywall claims a settlement that the network does not know',
    ...{ asset: 'money', goal: 'drain', severity: 2 },
    on: ['payer.settlement-disputed'],
    detect: { type: 'each', subject: 'taskId', quietSeconds: HOUR },
    steps: [{ route: 'autonomy.pause', does: 'Pause the payer.' }, FREEZE, NOTE],
  },
  {
    id: 'flag-lifted',
    title: 'A correlation flag was lifted: two agents may approve each other’s rewards again',
    ...{ asset: 'money', goal: 'drain', severity: 3 },
    on: ['flag.lifted'],
    detect: { type: 'each', subject: 'flagId', quietSeconds: 24 * HOUR },
    steps: [{ route: 'market.flag', does: 'Flag the two again.' }, NOTE],
  },
  {
    id: 'ledger-verification',
    title: 'The ledger does not verify',
    ...{ asset: 'control', goal: 'corrupt', severity: 1 },
    on: [
      ...['ledger.quarantined', 'ledger.verification-failed'],
      ...['ledger.restore-reported', 'ledger.epoch-opened'],
    ],
    detect: { type: 'each', quietSeconds: HOUR },
    steps: [
      { route: 'ledger.rotateKey', does: 'Rotate the key that signs the heads of the log.' },
      FREEZE,
      NOTE,
    ],
  },
  {
    id: 'ledger-fork',
    title: 'A console was shown another history of the log, signed by its own keys',
    ...{ asset: 'control', goal: 'corrupt', severity: 1 },
    on: ['ledger.fork-reported'],
    heads: [
      { field: 'seen', label: 'Verified by the console' },
      { field: 'shown', label: 'Shown to it' },
    ],
    // It never ceases by itself; other consoles report other heads of it.
    detect: { type: 'each', subject: 'fork', quietSeconds: 24 * HOUR },
    // The key is not rotated yet: what is there is evidence (runbook-fork).
    steps: [FREEZE, NOTE],
  },
  {
    id: 'log-silent',
    title: 'The log takes no entries: what happens now is not recorded',
    ...{ asset: 'control', goal: 'corrupt', severity: 2 },
    on: [],
    detect: { type: 'signal', signal: 'ledger-pending-ms', above: 5_000, quietAt: 1_000 },
    steps: [FREEZE, NOTE],
  },
  {
    id: 'stream-silent',
    title: 'A stream that was heard of has gone silent',
    ...{ asset: 'control', goal: 'corrupt', severity: 3 },
    on: ['probe.ran'],
    detect: { type: 'silence', afterSeconds: HOUR },
    steps: [NOTE],
  },
  {
    id: 'probe-failed',
    title: 'A control did not hold against its probe',
    ...{ asset: 'control', goal: 'corrupt', severity: 2 },
    on: ['probe.failed', 'console.weak'],
    // It is told again with every round, or report of a console, that it fails.
    detect: { type: 'each', subject: 'probe', quietSeconds: 2 * HOUR },
    steps: [FREEZE, REENCRYPT, NOTE],
  },
  {
    id: 'webhook-failing',
    title: 'Alerts do not arrive at the machine that they are told to',
    ...{ asset: 'control', goal: 'disrupt', severity: 3 },
    on: ['webhook.failing'],
    detect: { type: 'each', subject: 'webhookId', endedBy: 'webhook.restored', quietSeconds: 24 * HOUR },
    steps: [
      { route: 'webhook.test', does: 'Mend the receiver, then send a test.' },
      { route: 'webhook.retry', does: 'Send again what was given up.' },
      NOTE,
    ],
  },
  {
    id: 'probe-off-schedule',
    title: 'A probe does not run when it should',
    ...{ asset: 'control', goal: 'disrupt', severity: 3 },
    on: ['probe.off_schedule'],
    detect: { type: 'each', subject: 'what', quietSeconds: HOUR },
    steps: [NOTE],
  },
  {
    id: 'payer-balance-low',
    title: 'The payer paused itself: its wallet holds too little',
    ...{ asset: 'money', goal: 'disrupt', severity: 3 },
    on: ['payer.paused'],
    detect: {
      type: 'each',
      where: { field: 'cause', equals: 'low-balance' },
      endedBy: 'payer.resumed',
      quietSeconds: 24 * HOUR,
    },
    steps: [{ route: 'autonomy.resume', does: 'Fund the wallet, then let the payer go on.' }, NOTE],
  },
  {
    id: 'payer-wrong-network',
    title: 'The payer paused itself: its node is on another network than was configured',
    ...{ asset: 'money', goal: 'drain', severity: 2 },
    on: ['payer.paused'],
    detect: {
      type: 'each',
      where: { field: 'cause', equals: 'wrong-network' },
      endedBy: 'payer.resumed',
      quietSeconds: 24 * HOUR,
    },
    steps: [FREEZE, { route: 'autonomy.resume', does: 'Correct the node, then let the payer go on.' }, NOTE],
  },
  {
    id: 'payer-breaker-open',
    title: 'A host or the node that the payer needs fails again and again',
    ...{ asset: 'plain', goal: 'disrupt', severity: 2 },
    on: ['payer.breaker-opened'],
    detect: {
      type: 'each',
      subject: 'target',
      endedBy: 'payer.breaker-closed',
      quietSeconds: HOUR,
    },
    steps: [{ route: 'autonomy.pause', does: 'Pause the payer until it is known why.' }, NOTE],
  },
  {
    id: 'provider-breaker-open',
    title: 'A model provider fails again and again: no generation reaches it',
    ...{ asset: 'plain', goal: 'disrupt', severity: 2 },
    on: ['provider.breaker-opened'],
    // It is told again with every trial that fails, two minutes apart at most.
    detect: {
      type: 'each',
      subject: 'provider',
      endedBy: 'provider.breaker-closed',
      quietSeconds: HOUR,
    },
    steps: [NOTE],
  },
  {
    id: 'generation-abandoned',
    title: 'Generations were never settled: their process died, or could not write',
    ...{ asset: 'plain', goal: 'disrupt', severity: 2 },
    on: ['generation.abandoned'],
    detect: { type: 'each', subject: 'provider', quietSeconds: HOUR },
    steps: [NOTE],
  },
  {
    id: 'limiter-degraded',
    title: 'The limiter lost Redis: limits hold for each process alone',
    ...{ asset: 'plain', goal: 'disrupt', severity: 3 },
    on: ['limit.degraded'],
    detect: { type: 'each', subject: 'outageId', endedBy: 'limit.restored', quietSeconds: 24 * HOUR },
    steps: [{ route: 'limits.lower', does: 'Lower the limits of keys that many instances serve.' }, NOTE],
  },
];

export const ruleOf = (id: string): AlertRule | undefined => ALERT_RULES.find((rule) => rule.id === id);
