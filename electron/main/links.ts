import { placeOfLink } from '../../shared/ipc/place.ts';
import type { Pushed } from '../../shared/ipc/stream.ts';

export const LINK_SCHEME = 'sallyport';

/** The link that the system started this console for, or a second one of it. Attacker-controlled: it is only looked for here. */
export const linkIn = (argv: readonly string[]): string | null =>
  argv.slice(1).find((argument) => argument.toLowerCase().startsWith(`${LINK_SCHEME}:`)) ?? null;

/** What the page is told of a link: where it leads, or that it leads nowhere. */
export function saidOf(link: string, now: Date): Pushed {
  const place = placeOfLink(link);
  if (place) return { type: 'place', place };
  const text = 'A link was not followed: it leads to no place of this console.';
  return { type: 'notice', level: 'warning', text, at: now.toISOString() };
}
