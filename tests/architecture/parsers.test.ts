import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceFiles } from '../../build/walls/survey.mjs';
import { PARSERS } from '../fixtures/fuzz/parsers.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

/** What turns foreign text or bytes into values. */
const READS =
  /JSON\.parse\(|createParser\(|decodeQR\(|TextDecoder\('utf-8', \{ fatal|CompiledTransactionMessageDecoder\(/;

/** Files that read text and have no row of their own in tests/faults/fuzz.test.ts, by the reason. */
const WITHOUT_ROW: Readonly<Record<string, readonly string[]>> = {
  'what this program wrote itself, out of its own database or memory': [
    'electron/custody/change-log.ts',
    'electron/preload/developer.ts',
    'renderer/bridge/use-remote.ts',
    'service/boundaries/alerts/store.ts',
    'service/boundaries/shift/rules.ts',
    'service/evidence/deep/deep.ts',
    'service/evidence/explore/replay.ts',
    'service/identity/idempotency.ts',
    'service/identity/operators/enrolment-proposal.ts',
    'service/identity/proposals/executor.ts',
    'service/ledger/entry-row.ts',
    'service/ledger/integrator/orders.ts',
    'service/minting/jobs/rules.ts',
    'service/probes/attacks/credentials.ts',
    'shared/ledger/bundle/write.ts',
  ],
  'opened with a key of the vault, or with a seal beside each line: tests of the room change its bytes': [
    'electron/custody/journal.ts',
    'electron/keeper/member-desk.ts',
    'electron/keeper/service-desk.ts',
    'electron/keeper/witness-desk.ts',
    'electron/vault/attempts.ts',
    'electron/vault/use-journal.ts',
    'service/db/backup/manifest.ts',
  ],
  'a body that the row http-body reads first, or one that its card was made from': [
    'electron/custody/retirement.ts',
    'electron/signer/approval.ts',
    'electron/signer/checks.ts',
    'renderer/pages/operators/rules.ts',
    'service/identity/operators/recovery.ts',
    'service/identity/proposals/propose.ts',
    'service/identity/signature/verify.ts',
  ],
  'a file of another console against one strict schema, bounded before; what does not fit it is null': [
    'shared/http/carried.ts',
    'shared/http/proposal-proof.ts',
  ],
  'the first line of a bundle, which the row evidence-bundle reads whole': [
    'electron/backend/mirror.ts',
    'shared/ledger/bundle/head-in.ts',
  ],
  'one answer of a peer against one schema, bounded before; a failure is the error of the room': [
    'electron/backend/solana-rpc.ts',
    'electron/custody/aws-access.ts',
    'electron/custody/aws-steps.ts',
    'service/app/launcher/scans-warden.ts',
    'service/autonomy/solana/rpc.ts',
    'service/autonomy/x402/headers.ts',
    'service/autonomy/x402/requirements.ts',
    'service/identity/sessions/access-token.ts',
    'service/probes/client.ts',
    'service/secrets/aws.ts',
    'service/tokenhall/upstream/judge.ts',
  ],
  'only whether a text is whole, and nothing that it says': ['electron/evidence/mirror-folder.ts'],
  'a small file or record of this user against one schema; unreadable, it is refused or the default': [
    'electron/backend/simulator-operator.ts',
    'electron/custody/signed-files.ts',
    'electron/main/settings-file.ts',
    'electron/updates/floor.ts',
    'electron/vault/keychain-records.ts',
    'renderer/pages/custody/iam-policy.ts',
    'renderer/stores/saved-views.ts',
    'renderer/stores/ui.ts',
    'service/app/launcher/operator-access.ts',
  ],
};

const reading = sourceFiles(ROOT).filter(
  (file) =>
    /^(?:shared|service|electron|renderer)\//.test(file) &&
    !/\.test\.tsx?$/.test(file) &&
    READS.test(readFileSync(join(ROOT, file), 'utf8')),
);

describe('parsers', () => {
  it('are fuzzed, or have a reason not to be', () => {
    const named = [...PARSERS.flatMap(({ files }) => files), ...Object.values(WITHOUT_ROW).flat()];
    expect(reading.length).toBeGreaterThan(40);
    expect(reading.filter((file) => !named.includes(file))).toEqual([]);
  });

  it('that have a reason still read, and have no row', () => {
    const rows = PARSERS.flatMap(({ files }) => files);
    for (const file of Object.values(WITHOUT_ROW).flat()) {
      expect(reading, file).toContain(file);
      expect(rows, file).not.toContain(file);
    }
  });
});
