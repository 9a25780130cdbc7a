import axe from 'axe-core';
import type { Page } from 'playwright';

/** What somebody who cannot see, or only hardly, would stumble over: serious and critical findings of WCAG 2.1 A and AA. */
export interface Barrier {
  readonly rule: string;
  readonly where: readonly string[];
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];

/** Runs in the page, which has been given axe. */
async function findBarriers(rules: string[]): Promise<Barrier[]> {
  const { axe: runner } = globalThis as unknown as { axe: typeof axe };
  const { violations } = await runner.run(document, {
    runOnly: { type: 'tag', values: rules },
    resultTypes: ['violations'],
    // It would ask for style sheets over a network that the page does not have.
    preload: false,
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => ({ rule: id, where: nodes.slice(0, 5).map(({ target }) => target.join(' ')) }));
}

/**
 * Gives the page axe by way of the debugger. The page's policy forbids inline script and strings as code; it stays in force, so
 * what is inspected is the page as it ships.
 */
export const giveAxe = (app: Page): Promise<unknown> => app.evaluate(`${axe.source}; true`);

export const barriersOf = (app: Page): Promise<Barrier[]> => app.evaluate(findBarriers, RULES);
