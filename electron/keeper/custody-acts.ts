import { abortNeeds, type Ceremony } from '../custody/ceremony.ts';
import { CustodyError } from '../custody/custody-error.ts';
import { sweepDeed } from '../custody/deed.ts';
import { decodeMessage } from '../custody/message-card.ts';
import type { Rotation } from '../custody/rotation.ts';
import { nextTransfer, signTransfer } from '../custody/sweep.ts';
import { savingApproved } from './custody-approved.ts';
import { hydratingFromAws, importingToAws, sealingToAws } from './custody-aws.ts';
import {
  cleaned,
  DONE,
  FINGERPRINT,
  type Ground,
  madeOf,
  type Outcome,
  type PreparedAct,
  plain,
  REVOKED,
  revokedIn,
  walletsOf,
} from './custody-card.ts';
import { importingForTwo } from './custody-import.ts';
import { approvingProposal } from './custody-proposal.ts';
import { receiving } from './custody-receive.ts';
import { rehearsing, savingRehearsal } from './custody-rehearsal.ts';
import { resuming } from './custody-resume.ts';
import { approving, askingForSweep, introducing, withSecond } from './custody-second.ts';
import { exportingShared, openingForTwo, revealingShared } from './custody-shared.ts';
import { ending } from './custody-sunset.ts';
import type { WindowAct } from './protocol.ts';
import { qrOf } from './qr-code.ts';

/** The package goes to a file and, where no file can travel, before a camera. */
function handOver(id: string, text: string, { tell, custodian }: Ground): Outcome {
  tell({ type: 'save-file', name: `${id}.sealed`, text });
  const say =
    'It is encrypted and signed. Choose where the file goes, or read it from this code. Tell its recipient by another way: ' +
    `rotation ${id}, custodian’s key ${custodian.publicKey}.`;
  return { say, ...qrOf(text) };
}

async function currentOf(rotation: Rotation): Promise<Ceremony> {
  const current = (await rotation.ceremonies()).find(({ ended }) => ended === null);
  if (!current) throw new CustodyError('step-refused', 'No rotation is open. Open one first.');
  return current;
}

const opening = (act: Extract<WindowAct, { act: 'open' }>, { rotation }: Ground): PreparedAct => ({
  card: {
    ...plain,
    title: 'Make a new wallet',
    facts: [{ label: 'Why', value: act.reason }],
    warning:
      'The key is drawn in this process, which has no network, and goes into the vault. Nothing else changes yet.',
    act: 'Make the key',
  },
  async perform() {
    return madeOf(await rotation.open(act.reason, act.former));
  },
});

const sealing = (ceremony: Ceremony, ground: Ground): PreparedAct => ({
  card: {
    ...plain,
    title: 'Where the new key goes',
    facts: walletsOf(ceremony),
    warning:
      'Leave the recipient empty when the bundled service pays with this wallet: the key then never leaves this machine.',
    fields: [{ name: 'recipient', label: 'Recipient', hint: 'age1…, the machine that the service runs on' }],
    act: 'Seal',
  },
  async perform({ recipient }) {
    const to = recipient?.trim() || null;
    const seal = async (): Promise<Outcome> => {
      const text = await ground.rotation.seal(to);
      return text ? handOver(ceremony.id, text, ground) : DONE;
    };
    // A wallet of two persons that would stay here is refused by the rotation itself, with the way out.
    if (to === null) return seal();
    const deed = { action: 'seal', rotation: ceremony.id, recipient: to } as const;
    const ready = () => ground.rotation.requireReady('sealed');
    return withSecond(ground, { item: ceremony.done.generated?.item ?? '', deed, ready }, seal);
  },
});

const savingPackage = (ceremony: Ceremony, ground: Ground): PreparedAct => ({
  card: { ...plain, title: 'Save the sealed package again', facts: walletsOf(ceremony), act: 'Save' },
  async perform() {
    return handOver(ceremony.id, await ground.rotation.package(), ground);
  },
});

const importing = (ceremony: Ceremony, ground: Ground): PreparedAct => {
  const { rotation } = ground;
  if (ceremony.done.sealed?.way === 'aws') return importingToAws(ceremony, ceremony.done.sealed, ground);
  const byHand = ceremony.done.sealed?.way === 'package';
  return {
    card: {
      ...plain,
      title: byHand ? 'Confirm what was imported' : 'Read the key back',
      // What is to be typed is not shown beside its field: it has to come from the other machine.
      facts: byHand ? [] : walletsOf(ceremony),
      fields: byHand ? [FINGERPRINT] : [],
      act: 'Compare',
    },
    async perform({ fingerprint }) {
      await rotation.imported(byHand ? cleaned(fingerprint) : null);
      return DONE;
    },
  };
};

const hydrating = (ceremony: Ceremony, ground: Ground): PreparedAct => {
  const { rotation } = ground;
  if (ceremony.done.sealed?.way === 'aws') return hydratingFromAws(ceremony, ceremony.done.sealed, ground);
  const byHand = ceremony.done.sealed?.way === 'package';
  return {
    card: {
      ...plain,
      title: byHand ? 'Confirm the restarted service' : 'Restart the service with the new key',
      facts: byHand ? [] : walletsOf(ceremony),
      warning: 'All earlier payer sessions end before the first request is served.',
      fields: byHand ? [FINGERPRINT, REVOKED] : [],
      act: byHand ? 'Compare' : 'Restart',
    },
    async perform({ fingerprint, revoked: count }) {
      await rotation.beginHydration();
      if (!byHand) return { say: null, restart: true };
      await rotation.observed('hydrated', {
        fingerprint: cleaned(fingerprint),
        sessionsRevoked: revokedIn(count),
      });
      return DONE;
    },
  };
};

async function sweeping(
  { remains }: Extract<WindowAct, { act: 'sweep' }>,
  ceremony: Ceremony,
  { rotation, second }: Ground,
): Promise<PreparedAct> {
  const { generated } = ceremony.done;
  const former = generated?.former?.item ?? '';
  if (second.holdings.isShared(former)) await second.holdings.requireGranted(former, sweepDeed(ceremony));
  const unsigned = generated?.former
    ? await nextTransfer(remains, generated.former.address, generated.wallet.address)
    : null;
  if (!unsigned) throw new CustodyError('step-refused', 'There is nothing to sweep.');
  const { facts, feePayer, neverExpires, unknown } = decodeMessage(Uint8Array.from(unsigned.messageBytes));
  if (neverExpires || unknown > 0)
    throw new CustodyError(
      'message-refused',
      'This transaction is not one that a sweep is made of. It was not signed.',
    );
  return {
    card: {
      ...plain,
      title: 'Sign this transaction as the former wallet',
      facts: [
        ...facts,
        { label: 'Paid by', value: feePayer },
        { label: 'Blockhash', value: remains.blockhash },
      ],
      warning: 'Read from the bytes that are signed. It moves what it says and cannot be taken back.',
      act: 'Sign and send',
      danger: true,
    },
    async perform() {
      const transaction = await rotation.signAsFormer((handle) => signTransfer(unsigned, handle));
      await rotation.beginSweep([transaction.signature]);
      return { say: null, transaction };
    },
  };
}

const recording = (ceremony: Ceremony, { rotation, tell }: Ground): PreparedAct => ({
  card: { ...plain, title: 'Sign the change log', facts: walletsOf(ceremony), act: 'Sign and save' },
  async perform() {
    const { text } = await rotation.record();
    tell({ type: 'save-file', name: `${ceremony.id}.change-log.json`, text });
    return DONE;
  },
});

const savingLog = (id: string, { rotation, tell }: Ground): PreparedAct => ({
  card: { ...plain, title: 'Save the change log', facts: [{ label: 'Rotation', value: id }], act: 'Save' },
  async perform() {
    tell({ type: 'save-file', name: `${id}.change-log.json`, text: (await rotation.changeLog(id)).text });
    return DONE;
  },
});

const UNDONE = {
  nothing: 'Nothing has changed outside the vault. The new key stays there, unused.',
  'restore-secret': 'The service still runs with the former key. Put it back where the new one was imported.',
  'restore-service': 'The service is restarted with the former key; its sessions end once more.',
} as const;

const UNDONE_AT_AWS = {
  nothing: 'What waits at AWS under AWSPENDING is taken back. The new key stays in the vault, unused.',
  'restore-secret': 'What waits at AWS under AWSPENDING is taken back. Nothing has read it.',
  'restore-service':
    'AWSCURRENT moves back to the former version first. Then restart the service, and confirm that it holds the former key.',
} as const;

function aborting(reason: string, ceremony: Ceremony, { rotation }: Ground): PreparedAct {
  const needs = abortNeeds(ceremony);
  if (needs === null)
    throw new CustodyError(
      'step-refused',
      'Funds have moved to the new wallet. Finish this rotation instead.',
    );
  const way = ceremony.done.sealed?.way;
  // What waits at AWS is taken back here; what a service has read, it has to show again.
  const byHand = (needs !== 'nothing' && way === 'package') || (needs === 'restore-service' && way === 'aws');
  return {
    card: {
      ...plain,
      title: 'Abort this rotation',
      facts: [{ label: 'Why', value: reason }, ...walletsOf(ceremony)],
      warning: way === 'aws' ? UNDONE_AT_AWS[needs] : UNDONE[needs],
      fields: byHand
        ? [{ ...FINGERPRINT, label: 'Fingerprint of the key that the service holds again' }]
        : [],
      act: 'Abort',
      danger: true,
    },
    async perform({ fingerprint }) {
      await rotation.revert();
      const former = ceremony.done.generated?.former?.fingerprint ?? null;
      if (needs === 'restore-service' && !byHand) return { say: null, restart: true };
      const restored = byHand ? cleaned(fingerprint) || null : former;
      await rotation.abort(reason, needs === 'nothing' ? null : restored);
      return DONE;
    },
  };
}

async function openingOf(act: Extract<WindowAct, { act: 'open' }>, ground: Ground): Promise<PreparedAct> {
  const open = (await ground.rotation.ceremonies()).find(({ ended }) => ended === null);
  if (open) return resuming(open, ground);
  return act.twoPersons ? openingForTwo(act, ground) : opening(act, ground);
}

/** What one act shows and does now. @throws CustodyError when it is not its turn */
export async function prepareAct(act: WindowAct, ground: Ground): Promise<PreparedAct> {
  if (act.act === 'open') return openingOf(act, ground);
  if (act.act === 'import-shared') return importingForTwo(act, ground);
  if (act.act === 'change-log') return savingLog(act.ceremony, ground);
  if (act.act === 'receive') return receiving(ground);
  if (act.act === 'introduce') return introducing(ground);
  if (act.act === 'approve') return approving(ground);
  if (act.act === 'approve-proposal') return approvingProposal(ground);
  if (act.act === 'reveal-shared') return revealingShared(act.item, ground);
  if (act.act === 'export-shared') return exportingShared(act.item, ground);
  if (act.act === 'approved-deeds') return savingApproved(ground);
  if (act.act === 'rehearse') return rehearsing(ground);
  if (act.act === 'rehearsal') return savingRehearsal(act.rehearsal, ground);
  const ceremony = await currentOf(ground.rotation);
  switch (act.act) {
    case 'seal':
      return sealing(ceremony, ground);
    case 'seal-aws':
      return sealingToAws(act, ceremony, ground);
    case 'package':
      return savingPackage(ceremony, ground);
    case 'import':
      return importing(ceremony, ground);
    case 'hydrate':
      return hydrating(ceremony, ground);
    case 'sweep':
      return sweeping(act, ceremony, ground);
    case 'ask-second':
      return askingForSweep(ceremony, ground);
    case 'sunset':
      return ending(act, ceremony, ground.rotation);
    case 'record':
      return recording(ceremony, ground);
    case 'abort':
      return aborting(act.reason, ceremony, ground);
  }
}
