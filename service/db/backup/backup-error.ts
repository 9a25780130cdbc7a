export type BackupErrorCode =
  | 'no-database'
  | 'no-backup'
  | 'altered'
  | 'foreign-key'
  | 'occupied'
  | 'incomplete'
  | 'on-a-server';

/** Why there is no backup, or nothing was restored from it. The message is a sentence for a person. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly code: BackupErrorCode;

  constructor(code: BackupErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
