import type { Page } from 'playwright';
import { at, type Step, TRAFFIC_MS, textOf } from './desk.ts';
import { expect } from './patience.ts';

/** Figures on the screen carry separators and units. */
const number = (text: string): number => Number(text.replace(/[^\d.]/g, ''));

/** The figure of a row of a boundary, by its label. */
const signal = (app: Page, boundary: string, label: string) => async (): Promise<number> => {
  const row = app.getByTestId(`boundary-${boundary}`).locator('dl > div').filter({ hasText: label });
  return number(await textOf(row.locator('dd')));
};

const overview: Step = {
  says: 'shows the overview on live traffic',
  async run(desk) {
    const app = await at(desk, 'overview');
    await expect(app.getByTestId('status-stream')).toContainText('live');
    const wait = { timeout: TRAFFIC_MS };
    await expect.poll(signal(app, 'client-api', 'Requests since start'), wait).toBeGreaterThan(200);
    await expect.poll(signal(app, 'client-api', 'Refused: bad credential'), wait).toBeGreaterThan(10);
    await expect.poll(signal(app, 'client-api', 'Refused: over a limit'), wait).toBeGreaterThan(10);
    await expect.poll(signal(app, 'secret-persistence', 'Keys active'), wait).toBeGreaterThan(10);
    await desk.gallery.take(app, 'overview', 'Overview: the four boundaries on live traffic');
  },
};

const keys: Step = {
  says: 'shows the keys of the agents',
  async run(desk) {
    const app = await at(desk, 'keys');
    const rows = app.getByTestId('key-row');
    await expect.poll(() => rows.count(), { timeout: TRAFFIC_MS }).toBeGreaterThan(5);
    // Used, not only created: the last use is written every few seconds.
    await expect(rows.filter({ hasText: /\d+ s ago.*\d+ s ago|now.*\d+ s ago/ }).first()).toBeVisible({
      timeout: TRAFFIC_MS,
    });
    await desk.gallery.take(app, 'keys', 'Keys: shown once, known by their beginning');
  },
};

const identity: Step = {
  says: 'shows who has accounts, agents, sessions and keys',
  async run(desk) {
    const app = await at(desk, 'identity');
    const rows = app.getByTestId('identity-row');
    await expect.poll(() => rows.count(), { timeout: TRAFFIC_MS }).toBeGreaterThan(3);
    await desk.gallery.take(app, 'identity-accounts', 'Identity: accounts and what belongs to each');
    await rows.last().click();
    const detail = app.getByTestId('identity-detail');
    const linked = detail.getByTestId('linked-agents').locator('li');
    await expect(linked.first()).toBeVisible({ timeout: TRAFFIC_MS });
    await desk.gallery.take(app, 'identity-detail', 'An account with its agents, sessions and keys');
    await app.keyboard.press('Escape');
    await app.getByRole('button', { name: 'Agents', exact: true }).click();
    await expect(rows.first()).toBeVisible();
    await desk.gallery.take(app, 'identity-agents', 'Agents, whose they are and when they called last');
  },
};

const holdings: Step = {
  says: 'shows wallets, provider secrets and what the vault holds',
  async run(desk) {
    const wallets = await at(desk, 'wallets');
    await expect(wallets.getByTestId('page-wallets')).toContainText('every credit is accounted for', {
      timeout: TRAFFIC_MS,
    });
    await desk.gallery.take(wallets, 'wallets', 'Wallets: balances, holds, and whether the books add up');
    const providers = await at(desk, 'providers');
    await expect(providers.getByTestId('secret-roots')).toBeVisible({ timeout: TRAFFIC_MS });
    await desk.gallery.take(
      providers,
      'providers',
      'Providers: secrets, their root, and how providers answer',
    );
    const vault = await at(desk, 'vault');
    await expect(vault.getByTestId('page-vault')).toContainText(/passphrase/i, { timeout: TRAFFIC_MS });
    await desk.gallery.take(vault, 'vault', 'Vault: its slots, its items, and who used them');
    const operators = await at(desk, 'operators');
    await expect(operators.getByTestId('access-row').first()).toBeVisible({ timeout: TRAFFIC_MS });
    await desk.gallery.take(operators, 'access', 'Operators: who can do what, since when, last used');
  },
};

const ledger: Step = {
  says: 'follows the ledger and opens an entry',
  async run(desk) {
    const app = await at(desk, 'ledger');
    const rows = app.getByTestId('ledger-row');
    await expect.poll(() => rows.count()).toBeGreaterThan(10);
    await expect(app.getByText('following')).toBeVisible();
    const newest = async () => Number(await rows.first().getAttribute('data-number'));
    const before = await newest();
    await expect.poll(newest, { timeout: TRAFFIC_MS }).toBeGreaterThan(before);
    await desk.gallery.take(app, 'ledger', 'Ledger: every mutation, live, in one numbered log');
    // Of one kind, whatever row is pressed: a list that follows its stream moves under the pointer.
    const kind = app.getByLabel('Kind', { exact: true });
    await kind.selectOption('key.revoked');
    await expect(rows.first()).toContainText('revoked', { timeout: TRAFFIC_MS });
    await expect(rows.filter({ hasNotText: 'revoked' })).toHaveCount(0);
    await rows.first().click();
    const detail = app.getByTestId('ledger-detail');
    await expect(detail).toContainText('key.revoked');
    await expect(detail).toContainText('Leaf hash');
    await desk.gallery.take(app, 'ledger-detail', 'An entry with its actor, its request and its leaf hash');
    await app.keyboard.press('Escape');
    await kind.selectOption('');
  },
};

const limits: Step = {
  says: 'shows rate limits with real refusals',
  async run(desk) {
    const app = await at(desk, 'limits');
    await app.getByRole('button', { name: 'Table' }).click();
    const refused = app.getByTestId('bucket-row').locator('td:last-child');
    const total = async () => (await refused.allTextContents()).reduce((sum, text) => sum + number(text), 0);
    await expect.poll(total, { timeout: TRAFFIC_MS }).toBeGreaterThan(20);
    await app.getByRole('button', { name: 'Chart' }).click();
    await expect(app.getByTestId('limits-history').locator('.recharts-bar-rectangle').first()).toBeVisible();
    await expect(app.getByTestId('talker-row').first()).toBeVisible();
    await desk.gallery.take(app, 'limits', 'Rate limits: allowed and refused, and who is at a limit');
  },
};

export const LIVE: readonly Step[] = [overview, keys, identity, holdings, ledger, limits];
