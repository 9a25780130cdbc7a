import type { CeremonyStep, Rotation } from '../../../shared/ipc/custody.ts';

interface StepWords {
  readonly title: string;
  /** What the step does, before it is done. */
  readonly says: string;
  readonly button: string;
}

export const STEP_WORDS: Readonly<Record<CeremonyStep, StepWords>> = {
  generated: {
    title: 'Generate the new wallet',
    says: 'Draws a key in the keeper, which has no network, and puts it into the vault.',
    button: 'Generate',
  },
  sealed: {
    title: 'Seal the key',
    says: 'Keeps it in this vault for the bundled service, encrypts it to the machine of another one, or sends it to AWS Secrets Manager.',
    button: 'Seal',
  },
  imported: {
    title: 'Confirm the import',
    says: 'Compares the fingerprint where the service will read the key.',
    button: 'Compare fingerprints',
  },
  hydrated: {
    title: 'Restart the service',
    says: 'From here on it signs with the new key only. All earlier payer sessions end before its first request.',
    button: 'Restart with the new key',
  },
  confirmed: {
    title: 'Confirm on Devnet',
    says: 'Asks a Solana node for genesis hash, health, version and the new wallet’s balance.',
    button: 'Ask the node',
  },
  swept: {
    title: 'Sweep the former wallet',
    says: 'Sends its tokens and its SOL to the new wallet, one signed transaction after the other.',
    button: 'Sweep',
  },
  sunset: {
    title: 'Retire the former wallet',
    says: 'Once two persons have signed it, destroys its key in the vault and in the vault’s spare.',
    button: 'Retire it',
  },
  recorded: {
    title: 'Write the change log',
    says: 'Signs the whole journal and saves it where you choose.',
    button: 'Sign the change log',
  },
};

/** What the next two steps are where the key goes to AWS. */
const AT_AWS: Partial<Readonly<Record<CeremonyStep, StepWords>>> = {
  imported: {
    title: 'Import into AWS Secrets Manager',
    says: 'Writes both halves under AWSPENDING, which no service reads, and reads them back.',
    button: 'Import and read back',
  },
  hydrated: {
    title: 'Put in force and restart the service',
    says: 'Moves AWSCURRENT to the new version. Restart the service then, and do this step again to confirm what it holds.',
    button: 'Put the new key in force',
  },
};

/** A wallet of two persons is sealed with the second one's part; the bundled service cannot have it. */
const OF_TWO: StepWords = {
  title: 'Seal the key, with the second operator',
  says: 'Encrypts it to the machine of another service, or sends it to AWS Secrets Manager, once the second operator has approved it on their console.',
  button: 'Seal',
};

export const wordsOf = (step: CeremonyStep, { way, second }: Pick<Rotation, 'way' | 'second'>): StepWords => {
  if (step === 'sealed' && second !== null) return OF_TWO;
  return (way === 'aws' ? AT_AWS[step] : undefined) ?? STEP_WORDS[step];
};

const ABORT_WORDS = {
  nothing: 'Aborting now is safe and changes nothing outside the vault.',
  'restore-secret': 'Aborting is safe: the former key has to be put back where the new one was imported.',
  'restore-service': 'Aborting is safe: the service is restarted with the former key.',
} as const;

const ABORT_AT_AWS = {
  ...ABORT_WORDS,
  'restore-secret': 'Aborting is safe: what waits at AWS is taken back, and nothing has read it.',
  'restore-service':
    'Aborting is safe: AWSCURRENT moves back, and the service is restarted with the former key.',
} as const;

/** What an abort would cost at this point. */
export const abortWords = ({ abort, way }: Pick<Rotation, 'abort' | 'way'>): string =>
  abort === null
    ? 'It is too late to abort: funds are moving or have moved. Finish this rotation.'
    : (way === 'aws' ? ABORT_AT_AWS : ABORT_WORDS)[abort];
