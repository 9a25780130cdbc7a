import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PackagingError } from './packaging/packaging-error.mjs';
import { newReleaseKey, releaseKeyOf, signRelease } from './packaging/release.mjs';
import { ROOT } from './paths.mjs';

const USAGE = `usage:
  node build/release.mjs new-key FILE
  node build/release.mjs sign --sequence N [--days 90] [--channel stable] --out FILE SYSTEM-ARCH=FILE...`;

/** @param {string[]} args */
function run([command, ...args]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      sequence: { type: 'string' },
      days: { type: 'string', default: '90' },
      channel: { type: 'string', default: 'stable' },
      out: { type: 'string' },
    },
  });
  const [first] = positionals;
  if (command === 'new-key' && first) {
    process.stdout.write(`{ id: 'release-1', publicKey: '${newReleaseKey(first)}' },\n`);
    return 0;
  }
  const sequence = Number(values.sequence);
  if (command !== 'sign' || !first || !values.out || !Number.isSafeInteger(sequence) || sequence < 1) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const order = { version, channel: values.channel, sequence, days: Number(values.days), now: new Date() };
  writeFileSync(values.out, signRelease({ ...order, files: positionals, signer: releaseKeyOf(process.env) }));
  return 0;
}

try {
  process.exitCode = run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof PackagingError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
