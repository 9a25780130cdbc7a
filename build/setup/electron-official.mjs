import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from '../paths.mjs';

/** A download that shows no byte for so long is given up; one that moves may take as long as it needs. */
const STALLED_MS = 10_000;

/**
 * Electron's own downloader, with the checksums that the npm package carries. It honours ELECTRON_MIRROR.
 * @param {string} version
 * @param {string} folder
 * @param {number} [patience] ms without a byte
 */
export async function downloadOfficial(version, folder, patience = STALLED_MS) {
  const load = createRequire(join(ROOT, 'node_modules', 'electron', 'package.json'));
  const { downloadArtifact, initializeProxy } = load('@electron/get');
  if (process.env.HTTPS_PROXY ?? process.env.https_proxy) initializeProxy();
  const stalled = new AbortController();
  const giveUp = () => stalled.abort(new Error(`no data for ${patience / 1000} s`));
  const watch = setTimeout(giveUp, patience);
  try {
    const zip = await downloadArtifact({
      version,
      artifactName: 'electron',
      platform: process.platform,
      arch: process.arch,
      checksums: load('./checksums.json'),
      downloadOptions: {
        quiet: true,
        signal: stalled.signal,
        getProgressCallback: async () => {
          watch.refresh();
        },
      },
    });
    clearTimeout(watch);
    await createRequire(import.meta.url)('extract-zip')(zip, { dir: folder });
  } finally {
    clearTimeout(watch);
  }
}
