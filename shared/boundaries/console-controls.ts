import { defineControls } from './control.ts';

/** Controls on the machines of operators. The service cannot see them: each console attacks its own, and signs what it found. */
export const consoleControls = defineControls({
  'kept-halves': {
    boundary: 'secret-persistence',
    enforces: 'A console’s vault needs a secret that the system keychain keeps, for that console alone.',
    probes: {
      'weak-keychain': 'Asks its own keychain for a secret by a wrong name, and for one that was removed.',
    },
    tiles: ['secret-persistence', 'control'],
    asvs: ['v4.0.3-6.4.1'],
  },
  'shipped-fuses': {
    boundary: 'secret-persistence',
    enforces: 'A console’s executable runs no code but the console’s.',
    probes: { 'missing-fuse': 'Reads the fuses out of its own executable and looks for one that is open.' },
    tiles: ['secret-persistence', 'control'],
    asvs: ['v4.0.3-10.3.2'],
  },
  'confined-pages': {
    boundary: 'client-api',
    enforces: 'The kernel confines the page from which an operator signs.',
    probes: { 'open-sandbox': 'Asks the kernel what its own page may do.' },
    tiles: ['client-api', 'control'],
    asvs: ['v4.0.3-14.2.6'],
  },
});
