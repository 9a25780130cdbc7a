import type { FromKeeper } from '../../shared/ipc/trusted.ts';
import type { SealedProfile } from './service-profile.ts';

type Ceremony = Extract<FromKeeper, { type: 'ceremony' }>;

const PLAIN = { type: 'ceremony', danger: false, facts: [], warning: null, fields: [] } as const;

export const ADD: Ceremony = {
  ...PLAIN,
  title: 'Add a remote service',
  act: 'Keep it in this vault',
  facts: [
    { label: 'Key', value: 'A key of its own is made for this service. It never leaves this vault.' },
    { label: 'Pin', value: 'Get it from whoever runs the service, another way than over this network.' },
  ],
  fields: [
    { name: 'name', label: 'Name', hint: 'as you will see it on every screen' },
    { name: 'address', label: 'Address', hint: 'https://host:port of the admin plane' },
    { name: 'pin', label: 'Certificate pin', hint: 'SHA-256 of its public key, base64' },
    { name: 'token', label: 'Admin token', hint: 'of that service', secret: true },
    { name: 'simulated', label: 'Simulated', hint: 'yes, where only a simulator uses it; else empty' },
  ],
};

export const CODE: Ceremony = {
  ...PLAIN,
  title: 'Enrol at this service',
  act: 'Use this code',
  facts: [{ label: 'Code', value: 'It is sent once, to the service this console is on, and not kept.' }],
  fields: [
    { name: 'code', label: 'Enrolment code', hint: 'from its host, or of an invitation', secret: true },
  ],
};

export const TO_BUNDLED: Ceremony = {
  ...PLAIN,
  title: 'Go back to the bundled service',
  act: 'Go to the bundled service',
  facts: [{ label: 'Service', value: 'The one inside this console. It is started.' }],
  warning: 'The remote service is left. What the screens show of it is forgotten.',
};

const whatItIs = ({ name, kind, origin, pin }: Omit<SealedProfile, 'seed' | 'token'>) => [
  { label: 'Service', value: kind === 'simulated' ? `${name}, simulated` : name },
  { label: 'Address', value: origin },
  { label: 'Certificate pin', value: pin },
];

export const connectTo = (profile: SealedProfile, keyId: string): Ceremony => ({
  ...PLAIN,
  title: `Go to ${profile.name}`,
  act: 'Go to this service',
  facts: [...whatItIs(profile), { label: 'Signs with', value: keyId }],
  warning:
    'What this console is on now is left; a bundled service is stopped, and its clients are refused until you come back. ' +
    'From then on every screen and every signature is of this service.',
});

export const removal = (profile: SealedProfile): Ceremony => ({
  ...PLAIN,
  title: `Remove ${profile.name}`,
  act: 'Destroy its key and token here',
  danger: true,
  facts: whatItIs(profile),
  warning:
    'The operator’s key of this service exists in this vault only. Have it revoked there; a new one needs a new enrolment.',
});
