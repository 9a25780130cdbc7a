/**
 * - `storage-unavailable`: private storage does not answer, or not as it must; worth another try
 * - `object-missing`: storage has no such object
 * - `object-name`: no name of ours; nothing was touched
 * - `object-damaged`: what storage has is not what was sealed there
 * - `lease-lost`: another instance has taken the export over
 * - `stopped`: the service stops; whoever runs next takes it up again
 * - `incomplete`: the tokens are not those of the job's root
 * - `unreadable`: the code of a token does not open
 */
export type ExportErrorCode =
  | 'storage-unavailable'
  | 'object-missing'
  | 'object-name'
  | 'object-damaged'
  | 'lease-lost'
  | 'stopped'
  | 'incomplete'
  | 'unreadable';

export class ExportError extends Error {
  override readonly name = 'ExportError';
  readonly code: ExportErrorCode;

  constructor(code: ExportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
