/** Why the tour could not go on; the message is a sentence for a person. */
export class TourError extends Error {
  override readonly name = 'TourError';
  readonly code: 'environment' | 'no-window' | 'not-shown' | 'simulator' | 'service';

  constructor(code: TourError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
