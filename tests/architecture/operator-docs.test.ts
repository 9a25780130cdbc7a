import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGE_TABLE } from '../../renderer/app/page-table.ts';
import { PAGES } from '../../renderer/stores/ui.ts';
import { ALERT_RULES } from '../../service/boundaries/alerts/catalogue.ts';
import { CODE_LIFETIME_MS } from '../../service/identity/operators/rules.ts';
import { OVERLAP_MS } from '../../service/ledger/integrator/signing.ts';
import { CHALLENGE_DEADLINE_MS } from '../../service/limits/heartbeat/rules.ts';
import { jsonExport, markdownExport } from '../../shared/docs/exports.ts';
import { canonicalOf, readGraph } from '../../shared/docs/graph.ts';
import { FIGURES_ELSEWHERE, LIMITS } from '../../shared/docs/limits.ts';
import { linesOf } from '../../shared/docs/markdown.ts';
import { AUDIENCES, LANES } from '../../shared/docs/page.ts';

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
    });
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
