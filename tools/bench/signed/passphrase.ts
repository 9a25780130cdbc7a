/** Of every vault that a run makes and throws away. */
export const PASSPHRASE = 'a passphrase for a vault that lives a minute';
