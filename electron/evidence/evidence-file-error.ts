/** Why nothing could be judged; the message is a sentence for a person. */
export class EvidenceFileError extends Error {
  override readonly name = 'EvidenceFileError';
  readonly code: 'unreadable' | 'not-evidence' | 'unproven';

  constructor(code: EvidenceFileError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
