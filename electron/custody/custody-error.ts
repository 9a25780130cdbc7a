export type CustodyErrorCode =
  | 'key-malformed'
  | 'key-mismatched'
  | 'import-malformed'
  | 'recipient-malformed'
  | 'package-malformed'
  | 'package-unsigned'
  | 'package-foreign'
  | 'package-unreadable'
  | 'step-refused'
  | 'ceremony-damaged'
  | 'journal-unavailable'
  | 'ceremony-open'
  | 'custody-off'
  | 'aws-refused'
  | 'aws-unreachable'
  | 'aws-moved'
  | 'aws-differs'
  | 'message-refused'
  // Of a wallet of two persons.
  | 'same-key'
  | 'same-person'
  | 'second-needed'
  | 'second-malformed'
  | 'second-foreign'
  | 'second-altered'
  | 'second-expired'
  | 'second-replayed'
  | 'second-revoked'
  | 'second-self';

/** Every reason custody gives for refusing. Messages are sentences for a person, say what to do, and hold no part of a key. */
export class CustodyError extends Error {
  override readonly name = 'CustodyError';
  readonly code: CustodyErrorCode;

  constructor(code: CustodyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
