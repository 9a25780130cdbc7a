import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINKED_SCREENS, place, placeOfLink } from './place.ts';

const INCIDENT = `inc_${'0'.repeat(26)}`;

describe('a link of the system', () => {
  it.each(LINKED_SCREENS)('leads to the screen %s', (screen) => {
    expect(placeOfLink(`sallyport://${screen}`)).toEqual({ screen, doc: null, incident: null });
    // Some systems add a slash to what looks like a host.
    expect(placeOfLink(`sallyport://${screen}/`)).toEqual({ screen, doc: null, incident: null });
  });

  it('leads to a page of the docs and to an incident', () => {
    expect(placeOfLink('sallyport://docs/runbook-freeze')).toMatchObject({
      screen: 'docs',
      doc: 'runbook-freeze',
    });
    expect(placeOfLink(`sallyport://incidents/${INCIDENT}`)).toMatchObject({
      screen: 'incidents',
      incident: INCIDENT,
    });
  });
});

describe('attack: a page on the web makes the system open a link', () => {
  it.each([
    ['another scheme', 'https://ledger'],
    ['script', 'javascript:alert(1)'],
    ['a screen that is none', 'sallyport://admin'],
    ['a name of every object', 'sallyport://constructor'],
    ['a filter', 'sallyport://ledger?category=auth'],
    ['an act', 'sallyport://keys/create'],
    ['an act below', 'sallyport://incidents/stolen/key'],
    ['a part where none belongs', 'sallyport://keys/key-1'],
    ['a fragment', 'sallyport://ledger#x'],
    ['a user', 'sallyport://me@ledger'],
    ['a port', 'sallyport://ledger:80'],
    ['escapes', 'sallyport://docs/%2e%2e'],
    ['dots', 'sallyport://docs/../keys'],
    ['two slashes', 'sallyport://docs//roles'],
    ['upper case', 'SALLYPORT://ledger'],
    ['a line more', 'sallyport://ledger\n--inspect'],
    ['a space before', ' sallyport://ledger'],
    ['an id of another kind', `sallyport://incidents/key_${'0'.repeat(26)}`],
    ['markup', 'sallyport://docs/<b>'],
    ['a long part', `sallyport://docs/${'a'.repeat(65)}`],
    ['nothing', ''],
  ])('with %s, and leads nowhere', (_what, link) => {
    expect(placeOfLink(link)).toBeNull();
  });

  it('with anything, and leads to a place of the list or nowhere', () => {
    const near = fc
      .tuple(fc.constantFrom('sallyport://', 'sallyport:', 'sallyport:///'), fc.string())
      .map((p) => p.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (link) => {
        const found = placeOfLink(link);
        expect(found === null || place.safeParse(found).success).toBe(true);
      }),
    );
  });

  it('with more than a place: the page refuses it', () => {
    const sound = { screen: 'keys', doc: null, incident: null };
    expect(place.safeParse(sound).success).toBe(true);
    expect(place.safeParse({ ...sound, intent: 'create-key' }).success).toBe(false);
  });
});
