/** @typedef {'runtime-not-for-shipping' | 'signing-missing' | 'not-built' | 'fuses' | 'signature' | 'twin' | 'target-unknown'} PackagingErrorCode */

/** Ends the packaging; the message tells what to do. Nothing half-made is left where a finished package is looked for. */
export class PackagingError extends Error {
  /**
   * @param {PackagingErrorCode} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = 'PackagingError';
    this.code = code;
  }
}
