import { z } from 'zod';
import { idOf } from '../ids/ids.ts';

/** Screens that a link may lead to: all of them, by name, so that a new one is linked by decision. */
export const LINKED_SCREENS = [
  ...['overview', 'ledger', 'boundaries', 'limits', 'incidents', 'identity', 'keys', 'wallets', 'providers'],
  ...['autonomy', 'reviews', 'minting', 'scans', 'vault', 'custody', 'operators', 'docs', 'settings'],
] as const;
const DOC = /^[a-z][a-z0-9-]{1,40}$/;

/** Where a link leads. It has no field for an act, a filter or a text: following one shows a screen and does nothing. */
export const place = z.strictObject({
  screen: z.enum(LINKED_SCREENS),
  doc: z.string().regex(DOC).nullable(),
  incident: idOf('incident').nullable(),
});
export type Place = z.infer<typeof place>;

const LINK = /^sallyport:\/\/([a-z]{2,20})(?:\/([A-Za-z0-9_-]{2,64}))?\/?$/;

/**
 * Reads a link that came from outside, attacker-controlled: any page on the web can make one. It is compared as a whole and
 * never parsed as a URL, so user, port, query, fragment, escapes and dots are not read leniently; they are refused.
 * @returns null when it leads to no place of the allow-list
 */
export function placeOfLink(link: string): Place | null {
  const [, screen, part] = LINK.exec(link) ?? [];
  if (!screen) return null;
  const found = {
    screen,
    doc: screen === 'docs' ? (part ?? null) : null,
    incident: screen === 'incidents' ? (part ?? null) : null,
  };
  if (part !== undefined && found.doc === null && found.incident === null) return null;
  const parsed = place.safeParse(found);
  return parsed.success ? parsed.data : null;
}
