import { CONSOLE_CHECK_SECONDS, PROBE_INTERVAL_SECONDS, STALE_AFTER_MS } from '../boundaries/health.ts';
import { ACCESS_REVIEW_DAYS } from '../http/access-review.ts';
import { MOST_BACKOFF_SECONDS } from '../http/autonomy.ts';
import { DOWNLOAD_SECONDS } from '../http/mint-exports.ts';
import { MAX_QUANTITY } from '../http/minting.ts';
import { sessionSeconds, signatureAllowance } from '../http/payer-sessions.ts';
import { PROPOSAL_LIFETIME_SECONDS } from '../http/proposal.ts';
import { MAX_SKEW_SECONDS, SIGNATURE_LIFETIME_SECONDS } from '../http/signature.ts';
import { STREAM_TICKET_SECONDS } from '../http/stream-tickets.ts';
import { DEFAULT_MAX_TOKENS } from '../http/tokenhall.ts';
import { WEBHOOK_TOLERANCE_SECONDS } from '../http/webhook.ts';
import { MIN_PASSPHRASE_CHARACTERS } from '../ipc/passphrase.ts';
import { SEATS } from '../market/draw.ts';
import { DEFAULT_IDENTITY, DEFAULT_LIMITS, DEFAULT_SCANS } from '../service/launch.ts';
import { DEFAULT_MARKET } from '../service/market-settings.ts';
import { DEFAULT_WEBHOOK } from '../service/webhook-settings.ts';
import { DocsError } from './docs-error.ts';

interface Window {
  readonly limit: number;
  readonly windowSeconds: number;
}

const every = ({ limit, windowSeconds }: Window): string => `${limit} in ${windowSeconds} s`;

const UNITS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
] as const;

/** Seconds as people say them: 900 is "15 minutes", 90 is "90 seconds". */
export function spell(seconds: number): string {
  const [size, unit] = UNITS.find(([of]) => seconds >= of && seconds % of === 0) ?? [1, 'second'];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** Figures that only the service or the desktop holds. A test compares each with the code that obeys it. */
export const FIGURES_ELSEWHERE = {
  enrolmentCodeSeconds: 15 * 60,
  clipboardSeconds: 30,
  idleMinutes: 10,
  challengeSeconds: 10,
  integrationSeconds: 1,
  streamCommentSeconds: 15,
  ledgerOverlapDays: 7,
  authenticationFailures: 100,
  spendFactor: 3,
  sessionsAnHour: 20,
  approvalPercent: 80,
  exportDownloads: 3,
  webhookAttempts: 20,
  webhookFirstPauseSeconds: 5,
  webhookLongestPauseSeconds: 60 * 60,
  webhookFailingFrom: 5,
} as const;

const elsewhere = FIGURES_ELSEWHERE;

/** Every figure that a page may quote, as it is printed. */
export const LIMITS: Readonly<Record<string, string>> = {
  'limits.ip': every(DEFAULT_LIMITS.ip),
  'limits.operator': every(DEFAULT_LIMITS.operator),
  'limits.key': `${DEFAULT_IDENTITY.keyRequestsPerMinute} a minute`,
  'limits.heartbeat': every(DEFAULT_IDENTITY.heartbeat),
  'limits.scan': every(DEFAULT_SCANS.limit),
  'scans.kept': spell(DEFAULT_SCANS.keepDays * 86_400),
  'identity.access': spell(DEFAULT_IDENTITY.accessSeconds),
  'identity.refresh': spell(DEFAULT_IDENTITY.refreshSeconds),
  'identity.token': spell(DEFAULT_IDENTITY.identitySeconds),
  'signature.lifetime': spell(SIGNATURE_LIFETIME_SECONDS),
  'signature.skew': spell(MAX_SKEW_SECONDS),
  'proposal.lifetime': spell(PROPOSAL_LIFETIME_SECONDS),
  'ticket.lifetime': spell(STREAM_TICKET_SECONDS),
  'enrolment.code': spell(elsewhere.enrolmentCodeSeconds),
  'download.lifetime': spell(DOWNLOAD_SECONDS),
  'mint.quantity': MAX_QUANTITY.toLocaleString('en'),
  'probes.interval': spell(PROBE_INTERVAL_SECONDS),
  'consoles.interval': spell(CONSOLE_CHECK_SECONDS),
  'probes.stale': spell(STALE_AFTER_MS / 1000),
  'payer.session': spell(sessionSeconds.parse(undefined)),
  'payer.allowance': `${signatureAllowance.parse(undefined)} signatures`,
  'payer.backoff': spell(MOST_BACKOFF_SECONDS),
  'generation.tokens': `${DEFAULT_MAX_TOKENS} tokens`,
  'review.due': `${ACCESS_REVIEW_DAYS} days`,
  'market.seats': `${SEATS} reviewers`,
  'market.alive': spell(DEFAULT_MARKET.aliveSeconds),
  'market.review': spell(DEFAULT_MARKET.reviewSeconds),
  'market.claim': spell(DEFAULT_MARKET.claimSeconds),
  'vault.passphrase': `${MIN_PASSPHRASE_CHARACTERS} characters`,
  'vault.clipboard': spell(elsewhere.clipboardSeconds),
  'vault.idle': spell(elsewhere.idleMinutes * 60),
  'heartbeat.challenge': spell(elsewhere.challengeSeconds),
  'ledger.integration': spell(elsewhere.integrationSeconds),
  'ledger.comment': spell(elsewhere.streamCommentSeconds),
  'ledger.overlap': spell(elsewhere.ledgerOverlapDays * 86_400),
  'alerts.failures': String(elsewhere.authenticationFailures),
  'alerts.spend': `${elsewhere.spendFactor} times`,
  'alerts.sessions': String(elsewhere.sessionsAnHour),
  'alerts.downloads': `${elsewhere.exportDownloads} downloads`,
  'alerts.approvals': `${elsewhere.approvalPercent} %`,
  'webhook.tolerance': spell(WEBHOOK_TOLERANCE_SECONDS),
  'webhook.call': spell(DEFAULT_WEBHOOK.callMs / 1000),
  'webhook.attempts': `${elsewhere.webhookAttempts} attempts`,
  'webhook.pauseFirst': spell(elsewhere.webhookFirstPauseSeconds),
  'webhook.pauseLongest': spell(elsewhere.webhookLongestPauseSeconds),
  'webhook.failing': String(elsewhere.webhookFailingFrom),
};

/** @throws DocsError `unknown-limit`: a figure that no code stands behind is not printed */
export function limitNamed(name: string, page: string): string {
  const text = Object.hasOwn(LIMITS, name) ? LIMITS[name] : undefined;
  if (text === undefined) throw new DocsError('unknown-limit', `${page} quotes ${name}, which nobody keeps`);
  return text;
}
