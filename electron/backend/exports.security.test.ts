import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ExportRequest, exportRequest } from '../../shared/ipc/evidence.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { OpenedExport } from './export-connection.ts';
import { createExports } from './exports.ts';

const REQUEST: ExportRequest = { format: 'jsonl', withhold: 'nothing', filter: {} };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-export-'));
  path = join(folder, 'ledger.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Open = (request: ExportRequest, signal: AbortSignal) => Promise<OpenedExport>;

async function* parts(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield bytes(text);
}

function exporting(open: Open, chooseFile: (name: string) => Promise<string | null> = async () => path) {
  const asked: string[] = [];
  const exports = createExports({
    open,
    chooseFile: (name) => {
      asked.push(name);
      return chooseFile(name);
    },
    now: () => new Date('2030-01-02T03:04:05.678Z'),
  });
  const ended = (state: string) =>
    vi.waitFor(() => expect(exports.exportStatus().state).toBe(state), { timeout: 20_000 });
  return { exports, asked, ended };
}

/** A service that sends one line and then nothing, until it is told to stop. */
const endless: Open = async (_request, signal) => ({
  total: 9,
  body: (async function* () {
    yield bytes('{"n":0}\n');
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  })(),
});

describe('an export', () => {
  it('is streamed into the file that a person chose, which is theirs alone', async () => {
    const t = exporting(async () => ({ total: 2, body: parts('{"n":0}\n{"n"', ':1}\n') }));
    expect(await t.exports.export(REQUEST)).toMatchObject({ state: 'running', path });
    await t.ended('done');
    expect(t.exports.exportStatus()).toMatchObject({ bytes: 16, rows: 2, total: 2, message: null });
    expect(readFileSync(path, 'utf8')).toBe('{"n":0}\n{"n":1}\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['ledger.jsonl']);
    expect(t.asked).toEqual(['sallyport-ledger-2030-01-02T03-04-05Z.jsonl']);
  });

  it('of an incident is suggested a name that leads nowhere, and is refused for anything but an id', async () => {
    const t = exporting(endless);
    const incidentId = `inc_${'0'.repeat(26)}`;
    for (const request of [
      { report: 'incident', incidentId, format: 'markdown', zone: 'UTC' },
      { report: 'incident-evidence', incidentId },
    ] as const) {
      await t.exports.export(exportRequest.parse(request) as ExportRequest);
      t.exports.forget();
    }
    expect(t.asked).toEqual([
      `sallyport-${incidentId}-2030-01-02T03-04-05Z.md`,
      `sallyport-${incidentId}.evidence.jsonl`,
    ]);
    for (const bad of ['../../etc/passwd', 'inc_../..', ''])
      expect(exportRequest.safeParse({ report: 'incident-evidence', incidentId: bad }).success).toBe(false);
  });

  it('replaces a file whose replacement was confirmed, and its wider mode', async () => {
    writeFileSync(path, 'old', { mode: 0o644 });
    const t = exporting(async () => ({ total: 1, body: parts('new\n') }));
    await t.exports.export(REQUEST);
    await t.ended('done');
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['new\n', 0o600]);
  });

  it('that nobody gave a file asks the service for nothing', async () => {
    const open = vi.fn<Open>();
    const t = exporting(open, async () => null);
    expect(await t.exports.export(REQUEST)).toMatchObject({ state: 'none', path: null });
    expect(open).not.toHaveBeenCalled();
  });

  it('that is cancelled leaves nothing behind and makes room for the next', async () => {
    const t = exporting(endless);
    await t.exports.export(REQUEST);
    await vi.waitFor(() => expect(t.exports.exportStatus()).toMatchObject({ rows: 1, total: 9 }));
    await expect(t.exports.export(REQUEST)).rejects.toMatchObject({ code: 'busy' });
    t.exports.cancelExport();
    await t.ended('cancelled');
    await vi.waitFor(() => expect(readdirSync(folder)).toEqual([]));
    expect(await t.exports.export(REQUEST)).toMatchObject({ state: 'running' });
    t.exports.forget();
  });

  it('that breaks off keeps the file that was there, and says what to do', async () => {
    writeFileSync(path, 'old');
    const t = exporting(async () => ({
      total: 2,
      body: (async function* () {
        yield bytes('{"n":0}\n');
        throw new Error('socket hang up');
      })(),
    }));
    await t.exports.export(REQUEST);
    await t.ended('failed');
    expect(t.exports.exportStatus().message).toBe('The export broke off. Export again.');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['ledger.jsonl']);
  });

  it('that the service refuses says its reason', async () => {
    const t = exporting(async () => {
      throw new Refusal('request-failed', 'It refused.');
    });
    await t.exports.export(REQUEST);
    await t.ended('failed');
    expect(t.exports.exportStatus().message).toBe('It refused.');
  });

  it('into a place that is not there fails', async () => {
    const t = exporting(
      async () => ({ total: 1, body: parts('a\n') }),
      async () => join(folder, 'absent', 'x.csv'),
    );
    await t.exports.export(REQUEST);
    await t.ended('failed');
  });

  it('ends with a lock, and is not told of after the next unlock', async () => {
    const t = exporting(endless);
    await t.exports.export(REQUEST);
    await vi.waitFor(() => expect(t.exports.exportStatus().rows).toBe(1));
    t.exports.forget();
    expect(t.exports.exportStatus()).toMatchObject({ state: 'none', path: null });
    await vi.waitFor(() => expect(readdirSync(folder)).toEqual([]));
    expect(existsSync(path)).toBe(false);
  });

  it('whose dialog is answered after a lock does not begin', async () => {
    let choose: (path: string) => void = () => undefined;
    const open = vi.fn<Open>();
    const t = exporting(open, () => new Promise((resolve) => (choose = resolve)));
    const started = t.exports.export(REQUEST);
    t.exports.forget();
    choose(path);
    expect(await started).toMatchObject({ state: 'none' });
    expect(open).not.toHaveBeenCalled();
  });
});

describe('a page', () => {
  it.each([
    ['a path', { ...REQUEST, path: '/etc/passwd' }],
    ['a file name', { ...REQUEST, filter: { name: '../../x' } }],
    ['a format that would be part of a name', { ...REQUEST, format: '../../x' }],
    ['a cursor', { ...REQUEST, filter: { cursor: 'x' } }],
  ])('cannot send %s', (_, request) => {
    expect(exportRequest.safeParse(request).success).toBe(false);
  });
});
