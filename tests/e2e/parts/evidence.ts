import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from 'playwright';
import { expect } from 'playwright/test';
import type { TestConsole } from './console.ts';
import { decide, go } from './steps.ts';

const LONGEST_WAIT = { timeout: 30_000 };

/** What a person chooses in the system's dialogs from now on: no driver reaches into those. */
const choosing = (console: TestConsole, path: string): Promise<void> =>
  console.electron.evaluate(({ dialog }, chosen) => {
    const open = async () => ({ canceled: false, filePaths: [chosen] });
    const save = async () => ({ canceled: false, filePath: chosen });
    Object.assign(dialog, { showOpenDialog: open, showSaveDialog: save });
  }, path);

/** Drops a file of this disk on the page, as the system does. */
async function drop(app: Page, path: string): Promise<void> {
  const session = await app.context().newCDPSession(app);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  const drag = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    session.send('Input.dispatchDragEvent', { type, x: 500, y: 400, data });
  await drag('dragEnter');
  await drag('dragOver');
  await expect(app.getByTestId('drop-hint')).toBeVisible();
  // Whether it may be dropped is known once the page has answered; only then does the system let go.
  await drag('dragOver');
  await drag('drop');
  await session.detach();
}

/** Registers this console as a witness; from then on it cosigns what it verified. */
export async function witness(console: TestConsole): Promise<void> {
  const app = await console.app();
  await go(app, 'ledger');
  await app.getByRole('button', { name: 'Witness it from here' }).click(LONGEST_WAIT);
  await decide(console, 'Register a witness of the log', 'Sign');
  await expect(app.getByTestId('head')).toContainText(/this console, up to|sallyport-console/, LONGEST_WAIT);
}

/** Mirrors the log to a folder. @returns the files there, each log in a folder of its own */
export async function mirror(console: TestConsole, folder: string): Promise<string[]> {
  const app = await console.app();
  await choosing(console, folder);
  await app.getByTestId('mirror').getByRole('button', { name: 'Mirror…' }).click();
  const dialog = app.getByTestId('mirror-dialog');
  await dialog.getByRole('button', { name: 'Choose a folder…' }).click();
  await expect(dialog.getByTestId('mirror-facts')).toContainText(folder);
  const files = () => readdirSync(folder, { recursive: true }).map((path) => basename(String(path)));
  await expect.poll(files, LONGEST_WAIT).toContain('checkpoints.jsonl');
  await dialog.getByRole('button', { name: 'Close' }).click();
  return files();
}

/** Saves this console's checkpoint, and holds it against the log by file, as text, as the picture of its code, and changed. */
export async function compareCheckpoints(console: TestConsole, folder: string): Promise<void> {
  const app = await console.app();
  const [path, picture] = [join(folder, 'own.checkpoint'), join(folder, 'own.png')];
  await choosing(console, path);
  await app.getByRole('button', { name: 'Checkpoint', exact: true }).click();
  const dialog = app.getByTestId('checkpoint-dialog');
  await dialog.getByRole('button', { name: 'Save as a file…' }).click();
  await expect(dialog.getByText(`Saved: ${path}`)).toBeVisible();
  const text = readFileSync(path, 'utf8');
  const received = dialog.getByLabel('Checkpoint that you received');
  const result = dialog.getByTestId('comparison');
  // The log goes on meanwhile, by what this console itself does.
  const one = /THE SAME|OLDER, CONSISTENT|NEWER, CONSISTENT/;
  const changed = async () => {
    await received.fill(text.replace(/\n(\d+)\n/, '\n1$1\n'));
    await dialog.getByRole('button', { name: 'Compare', exact: true }).click();
    await expect(result).toContainText('NOT SIGNED by the log');
  };
  await changed();
  await dialog.getByRole('button', { name: 'From a file…' }).click();
  await expect(result).toContainText(one);
  await changed();
  await received.fill(text);
  await received.press('Control+Enter');
  await expect(result).toContainText(one);
  await changed();
  await dialog.getByRole('img', { name: /as a QR code$/ }).screenshot({ path: picture });
  await dialog.getByLabel('Picture of a QR code').setInputFiles(picture);
  await expect(result).toContainText(one);
  await dialog.getByRole('button', { name: 'Close' }).click();
}

/** Exports a bundle and drops it on the page: it is one log. A copy of it with one letter changed is not. */
export async function dropBundles(console: TestConsole, folder: string): Promise<void> {
  const app = await console.app();
  const [path, forged] = [join(folder, 'log.jsonl'), join(folder, 'forged.jsonl')];
  await choosing(console, path);
  await app.getByRole('button', { name: 'Export', exact: true }).click();
  const dialog = app.getByTestId('export-dialog');
  await dialog.getByRole('button', { name: 'Choose a file and export' }).click();
  await expect.poll(() => readdirSync(folder), LONGEST_WAIT).toContain('log.jsonl');
  await dialog.getByRole('button', { name: 'Close' }).click();
  writeFileSync(forged, readFileSync(path, 'utf8').replace('"Ada"', '"Eve"'));
  for (const [file, verdict] of [
    [path, 'CONSISTENT, ORIGIN UNVERIFIED'],
    [forged, 'NOT VERIFIED'],
  ] as const) {
    await drop(app, file);
    await expect(app.getByTestId('verify-status')).toContainText(verdict, LONGEST_WAIT);
    await app.getByTestId('verify-dialog').getByRole('button', { name: 'Close' }).click();
  }
}
