import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGE_TABLE } from '../../renderer/app/page-table.ts';
import { PAGES } from '../../renderer/stores/ui.ts';
import { ALERT_RULES } from '../../service/boundaries/alerts/catalogue.ts';
import { ofWebhook } from '../../service/boundaries/metrics/webhook-families.ts';
import { messageOf, secretText, signedHeaders } from '../../service/boundaries/webhook/message.ts';
import { FAILING_FROM, MOST_ATTEMPTS } from '../../service/boundaries/webhook/rules.ts';
import { Tally } from '../../service/boundaries/webhook/tally.ts';
import { CODE_LIFETIME_MS } from '../../service/identity/operators/rules.ts';
import { OVERLAP_MS } from '../../service/ledger/integrator/signing.ts';
import { CHALLENGE_DEADLINE_MS } from '../../service/limits/heartbeat/rules.ts';
import { jsonExport, markdownExport } from '../../shared/docs/exports.ts';
import { canonicalOf, readGraph } from '../../shared/docs/graph.ts';
import { FIGURES_ELSEWHERE, LIMITS } from '../../shared/docs/limits.ts';
import { linesOf } from '../../shared/docs/markdown.ts';
import { AUDIENCES, LANES } from '../../shared/docs/page.ts';
import { WEBHOOK_TOLERANCE_SECONDS } from '../../shared/http/webhook.ts';
import { EVENT_KINDS } from '../../shared/ledger/events.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, 'resources', 'docs');
const SOURCES = Object.fromEntries(
  readdirSync(FOLDER).map((name) => [name.replace(/\.md$/, ''), readFileSync(join(FOLDER, name), 'utf8')]),
);
const graph = readGraph(SOURCES);

const sourceOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** A constant that its file keeps to itself. */
const constantIn = (path: string, name: string): number => {
  const text = new RegExp(`const ${name} = ([\\d_]+)`).exec(sourceOf(path))?.[1];
  return Number(text?.replaceAll('_', ''));
};

const above = (rule: string): unknown => {
  const { detect } = ALERT_RULES.find(({ id }) => id === rule) ?? {};
  if (detect && 'factor' in detect) return detect.factor;
  return detect && 'above' in detect ? detect.above : null;
};

describe('the operator docs', () => {
  it.each(PAGES)('have a guide of the screen %s, and its heading leads there', (screen) => {
    const [guide] = graph.ofSurface(screen);
    expect(guide?.lane).toBe('screen');
    expect(guide?.title).toBe(PAGE_TABLE.find(({ id }) => id === screen)?.label);
  });

  it('have something in every lane and for every reader', () => {
    for (const lane of LANES)
      expect(
        graph.pages.some((page) => page.lane === lane),
        lane,
      ).toBe(true);
    for (const reader of AUDIENCES)
      expect(graph.pages.filter(({ audience }) => audience.includes(reader)).length).toBeGreaterThan(10);
  });

  it.each(['key-stolen', 'rotation', 'freeze', 'restore', 'fork', 'spend'])(
    'have the runbook %s, which a screen leads to',
    (name) => {
      const page = graph.get(`runbook-${name}`);
      expect(page?.lane).toBe('runbook');
      expect(page?.surface.every((screen) => PAGES.some((id) => id === screen))).toBe(true);
      expect(page?.surface.length).toBeGreaterThan(0);
    },
  );

  it('lead to screens that exist', () => {
    const led = graph.pages
      .flatMap(({ blocks }) => blocks.flatMap(linesOf).flat())
      .flatMap((span) => (span.is === 'link' && span.to.startsWith('screen:') ? [span.to.slice(7)] : []));
    expect(led.length).toBeGreaterThan(30);
    expect(led.filter((id) => !PAGES.some((page) => page === id))).toEqual([]);
    expect(
      graph.pages.flatMap(({ surface }) => surface).filter((id) => !PAGES.some((page) => page === id)),
    ).toEqual([]);
  });

  it('name documents of the past that are still here', () => {
    const named = graph.pages.flatMap(({ legacySource }) => legacySource ?? []);
    expect(named.length).toBeGreaterThan(3);
    for (const path of named) expect(sourceOf(path).length, path).toBeGreaterThan(100);
  });
});

describe('figures in the docs', () => {
  it('are each quoted by name: none is typed', () => {
    const typed = /\b\d[\d,.]* ?(?:s|ms|%|seconds?|minutes?|hours?|days?|signatures|tokens a|characters)\b/;
    const body = (text: string): string => text.replace(/^---[\s\S]*?\n---/, '').replaceAll(/`[^`]*`/g, '');
    expect(
      Object.entries(SOURCES).filter(([, text]) =>
        typed.test(body(text).replaceAll(/Measured \d+ s ago/g, '')),
      ),
    ).toEqual([]);
  });

  it('are all quoted somewhere', () => {
    const all = Object.values(SOURCES).join('\n');
    expect(Object.keys(LIMITS).filter((name) => !all.includes(`{{${name}}}`))).toEqual([]);
  });

  it('are what the service and the desktop obey', () => {
    expect(FIGURES_ELSEWHERE).toEqual({
      enrolmentCodeSeconds: CODE_LIFETIME_MS / 1000,
      clipboardSeconds: constantIn('electron/main/clipboard.ts', 'HOLD_MS') / 1000,
      idleMinutes: constantIn('electron/main/settings-file.ts', 'DEFAULT_IDLE_MINUTES'),
      challengeSeconds: CHALLENGE_DEADLINE_MS / 1000,
      integrationSeconds: constantIn('service/boundaries/rules.ts', 'PENDING_ATTENTION_MS') / 1000,
      streamCommentSeconds: constantIn('service/ledger/stream.ts', 'COMMENT_MS') / 1000,
      ledgerOverlapDays: OVERLAP_MS / 86_400_000,
      authenticationFailures: above('authentication-failures'),
      spendFactor: above('spend-spike'),
      sessionsAnHour: above('session-storm'),
      approvalPercent: above('reviewer-ring'),
      exportDownloads: above('export-link-leak'),
      webhookAttempts: MOST_ATTEMPTS,
      webhookFirstPauseSeconds: constantIn('service/boundaries/webhook/rules.ts', 'FIRST_PAUSE_MS') / 1000,
      webhookLongestPauseSeconds:
        constantIn('service/boundaries/webhook/rules.ts', 'LONGEST_PAUSE_MS') / 1000,
      webhookFailingFrom: FAILING_FROM,
    });
  });
});

describe('the receiver that the docs print', () => {
  const NOW = new Date('2030-01-01T00:00:00.000Z');
  const key = Buffer.alloc(32, 7);
  const body = Buffer.from('{"id":"evt_1"}');
  const headers = signedHeaders(key, 'evt_1', body.toString(), NOW);

  const printed = async (): Promise<(...given: unknown[]) => boolean> => {
    const code = /```\n(import [\s\S]*?)```/.exec(SOURCES.webhook ?? '')?.[1] ?? '';
    const whole = `const TOLERANCE_SECONDS = ${WEBHOOK_TOLERANCE_SECONDS};\n${code}`;
    return (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(whole)}`)).isGenuine;
  };

  it('believes what the service signs, and nothing that is altered, foreign, late or without a signature', async () => {
    const isGenuine = await printed();
    const secret = secretText(key);
    const at = (seconds: number) => NOW.getTime() + seconds * 1000;
    expect(isGenuine(secret, headers, body, NOW.getTime())).toBe(true);
    const rotated = { ...headers, 'webhook-signature': `v1,AAAA ${headers['webhook-signature']}` };
    expect(isGenuine(secret, rotated, body, at(WEBHOOK_TOLERANCE_SECONDS))).toBe(true);
    for (const late of [WEBHOOK_TOLERANCE_SECONDS + 1, -WEBHOOK_TOLERANCE_SECONDS - 1])
      expect(isGenuine(secret, headers, body, at(late))).toBe(false);
    expect(isGenuine(secretText(Buffer.alloc(32)), headers, body, NOW.getTime())).toBe(false);
    expect(isGenuine(secret, headers, Buffer.from('{"id":"evt_2"}'), NOW.getTime())).toBe(false);
    for (const change of ['webhook-id', 'webhook-timestamp', 'webhook-signature'])
      for (const value of ['', 'v1,', 'x', undefined])
        expect(isGenuine(secret, { ...headers, [change]: value }, body, NOW.getTime())).toBe(false);
  });

  it('is told every header, kind and metric that there is', () => {
    const text = SOURCES.webhook ?? '';
    for (const name of Object.keys(headers).filter((one) => one.startsWith('webhook-')))
      expect(text).toContain(`\`${name}\``);
    const told = EVENT_KINDS.filter((kind) => messageOf('evt_1', { kind, data: {} } as never, NOW) !== null);
    expect(told.length).toBeGreaterThan(3);
    for (const kind of told) expect(text).toContain(`| \`${kind}\` |`);
    const outbox = { backlog: 0, dead: 0, oldestMs: 0, failing: false };
    for (const { name, type } of ofWebhook({ calls: new Tally().calls(), outbox }))
      expect(text).toContain(`\`${name}${type === 'counter' ? '_total' : ''}\``);
  });
});

describe('the compatibility exports', () => {
  const command = 'run: node build/docs.mjs';

  it('say what the docs say', async () => {
    await expect(markdownExport(graph), command).toMatchFileSnapshot(join(ROOT, 'docs/operator-docs.md'));
    await expect(jsonExport(graph), command).toMatchFileSnapshot(join(ROOT, 'docs/operator-docs.json'));
  });

  it('are marked as such, and name the original of every page', () => {
    const markdown = markdownExport(graph);
    const json = JSON.parse(jsonExport(graph));
    expect(markdown).toContain('compatibility export');
    expect(json.compatibilityExport).toBe(true);
    for (const { id } of graph.pages) {
      expect(markdown).toContain(`Canonical: ${canonicalOf(id)}`);
      expect(json.pages.find((page: { id: string }) => page.id === id).canonical).toBe(canonicalOf(id));
    }
    expect(markdown).not.toMatch(/\]\((?:doc|screen):|\{\{/);
  });

  it('do not stand in the navigation of the application', () => {
    const lists = [
      'renderer/app/page-table.ts',
      'renderer/app/palette/commands.ts',
      'renderer/pages/docs/library.ts',
    ];
    for (const path of lists) expect(sourceOf(path)).not.toContain('operator-docs');
  });
});
