import { hash } from 'node:crypto';
import { tokenLeaf } from '../../../shared/ledger/completeness.ts';

interface Row {
  readonly position: number;
  readonly serial: string;
  readonly code_hash: Buffer;
}

/** What the log tells of a token that no root commits to: its leaf (hex). */
export const leafOfToken = ({ position, serial, code_hash: codeHash }: Row): string =>
  Buffer.from(tokenLeaf((bytes) => hash('sha256', bytes, 'buffer'), { position, serial, codeHash })).toString(
    'hex',
  );
