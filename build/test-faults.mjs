import { command } from './command.mjs';

// Every count as it is claimed; `npm test` runs a short version of each of these tests.
process.env.SALLYPORT_FAULTS = 'full';
process.argv.push('--only', 'faults');

await command('test');
