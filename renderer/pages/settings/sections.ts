/** The parts of the Settings screen, each with the words that somebody may look for it by. */
export const SECTIONS = [
  { id: 'lock', words: 'lock vault idle minutes timeout passphrase leave' },
  {
    id: 'looks',
    words:
      'appearance theme dark light system density compact comfortable rows colour color navigation narrow rail sidebar',
  },
  {
    id: 'services',
    words: 'services remote bundled simulated connect switch profile certificate pin host add remove',
  },
  { id: 'service', words: 'service restart stop start api database integrator process' },
  {
    id: 'sources',
    words: 'configuration environment variable secret aws provider source provenance file env',
  },
  { id: 'practice', words: 'practice sample data simulate simulator try demo sandbox folder second' },
  { id: 'updates', words: 'updates release manifest channel package signed key' },
  {
    id: 'attestation',
    words:
      'self-attestation diagnostics diagnosis security fuses sandbox csp policy asar archive integrity keychain open ports support channel evidence remedy',
  },
  { id: 'about', words: 'about version electron chromium node runtime platform release development' },
] as const;
export type SectionId = (typeof SECTIONS)[number]['id'];

/** Parts on which every word that was typed begins one of theirs; all of them when nothing was. */
export function sectionsFor(typed: string): ReadonlySet<SectionId> {
  const asked = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = SECTIONS.filter(({ words }) =>
    asked.every((one) => words.split(' ').some((word) => word.startsWith(one))),
  );
  return new Set(found.map(({ id }) => id));
}
