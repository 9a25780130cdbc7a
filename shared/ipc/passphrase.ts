/** Length below which a new passphrase is refused. Apart from every schema: the trusted windows carry no validation library. */
export const MIN_PASSPHRASE_CHARACTERS = 12;
