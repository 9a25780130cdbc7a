import type { FailureCode } from '../../shared/service/launch.ts';

/** Why the API cannot serve. The message is a sentence for a person that says what to do. */
export class ApiStartError extends Error {
  override readonly name = 'ApiStartError';
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
