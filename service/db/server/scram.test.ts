import { expect, it } from 'vitest';
import { scramVerifier } from './scram.ts';

/** The exchange of RFC 7677 section 3: user "user", password "pencil". Its signatures follow from these two keys alone. */
it('is what a server keeps, for the salt of RFC 7677', () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  expect(scramVerifier('pencil', salt)).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

it('differs for another password, and each time by its salt', () => {
  const salt = Buffer.alloc(16);
  expect(scramVerifier('pencil', salt)).not.toBe(scramVerifier('pencils', salt));
  expect(scramVerifier('pencil')).not.toBe(scramVerifier('pencil'));
});
