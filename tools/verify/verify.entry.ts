import { exitCodeOf, sentences } from '../../shared/ledger/bundle/sentences.ts';
import { verifyBundle } from '../../shared/ledger/bundle/verify.ts';
import { mirrorSentences } from '../../shared/ledger/mirror-verify.ts';
import { nativeCrypto } from './crypto.ts';
import { VerifyError } from './errors.ts';
import { exportSentences, judgeExport } from './exports.ts';
import { isExport, readChunks, readOlder, readTrust } from './files.ts';
import { isFolder, judgeMirror } from './mirror.ts';
import { parseOptions, USAGE } from './options.ts';

const PROGRESS_EVERY_MS = 1_000;

/** The first Ctrl+C ends the verification with a verdict of its own; the second ends the process as usual. */
function cancellation(): () => boolean {
  let cancelled = false;
  process.once('SIGINT', () => {
    cancelled = true;
  });
  return () => cancelled;
}

function progressLine(): (progress: { numbers: number; of: number }) => void {
  let shown = performance.now();
  return ({ numbers, of }) => {
    if (!process.stderr.isTTY || performance.now() - shown < PROGRESS_EVERY_MS) return;
    shown = performance.now();
    process.stderr.write(`\rverify: ${numbers} of ${of}`);
  };
}

async function verify(argv: readonly string[]): Promise<number> {
  const { file, trust: trustPath, older: olderPath, bundle, json } = parseOptions(argv);
  const trust = trustPath === null ? null : await readTrust(trustPath);
  if (await isFolder(file)) {
    const mirrored = await judgeMirror(file, trust, cancellation());
    process.stdout.write(`${json ? JSON.stringify(mirrored) : mirrorSentences(mirrored)}\n`);
    return exitCodeOf(mirrored);
  }
  if (await isExport(file)) {
    const judged = await judgeExport({ file, bundle, trust, cancelled: cancellation() });
    process.stdout.write(`${json ? JSON.stringify(judged) : exportSentences(judged)}\n`);
    return exitCodeOf(judged);
  }
  const older = olderPath === null ? undefined : await readOlder(olderPath, trust);
  const report = await verifyBundle(readChunks(file), {
    ...{ crypto: nativeCrypto, trust, open: true, cancelled: cancellation(), onProgress: progressLine() },
    ...(older ? { older } : {}),
  });
  process.stdout.write(`${json ? JSON.stringify(report) : sentences(report)}\n`);
  return exitCodeOf(report);
}

try {
  process.exitCode = await verify(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof VerifyError)) throw error;
  process.stderr.write(`verify: ${error.message}\n`);
  if (error.code === 'usage') process.stderr.write(`${USAGE}\n`);
  // A file that is not there or is no trust file verifies nothing; only exit 0 means that it did.
  process.exitCode = error.code === 'usage' ? 2 : 1;
}
