import { command } from './command.mjs';

await command('test-packaged');
