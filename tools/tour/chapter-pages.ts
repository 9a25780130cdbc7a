import { at, type Desk, type Step, textOf } from './desk.ts';
import { expect } from './patience.ts';

/** Screens that chapters of their own have shown, or show at the end. */
const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set([
  ...['overview', 'ledger', 'limits', 'keys', 'identity', 'wallets', 'providers', 'operators', 'vault'],
  'settings',
]);

/** What a screen is there for, where its label does not say it all; a new screen needs no line here. */
const CAPTIONS: Readonly<Record<string, string>> = {
  autonomy: 'Autonomy: what the payer fetches and pays for, and what holds it back',
  reviews: 'Reviews: bounties, claims, and how reviewers were drawn',
  custody: 'Custody: the wallet, its key and its rotation',
  boundaries: 'Boundaries: every control, its probe, and what its loss would mean',
  incidents: 'Incidents: what rang, ranked by what is at stake',
  minting: 'Minting: brands, batches and their proof',
  scans: 'Scans: what became of the tokens',
};

/** The navigation is the page table as a person sees it: a screen that is added there is toured. */
export async function screensOf(
  desk: Desk,
): Promise<readonly { readonly name: string; readonly label: string }[]> {
  const app = await desk.windows.of('app');
  const entries = await app.locator('[data-testid^="nav-"]').all();
  return Promise.all(
    entries.map(async (entry) => ({
      name: ((await entry.getAttribute('data-testid')) ?? '').slice('nav-'.length),
      label: (await textOf(entry)).replace(/\d+$/, '').trim(),
    })),
  );
}

const everyOther: Step = {
  says: 'opens every other screen',
  async run(desk) {
    for (const { name, label } of await screensOf(desk)) {
      if (SHOWN_ELSEWHERE.has(name)) continue;
      const app = await at(desk, name);
      const page = app.getByTestId(`page-${name}`);
      await expect(page.getByRole('heading').first()).toBeVisible();
      // A picture of waiting shows nothing: what the screen loads has arrived, or it has said why not.
      await expect(page.locator('[data-testid="skeleton"]')).toHaveCount(0);
      await desk.gallery.take(app, name, CAPTIONS[name] ?? label);
    }
  },
};

export const PAGES: readonly Step[] = [everyOther];
