import { randomUUID } from 'node:crypto';
import type { ToKeeper } from '../../shared/ipc/trusted.ts';
import { cosign } from '../../shared/ledger/checkpoint.ts';
import {
  COSIGNATURE,
  formatKey,
  formatNote,
  makeKey,
  parseNote,
  type VerifierKey,
} from '../../shared/ledger/note.ts';
import { nativeCrypto } from '../evidence/native-crypto.ts';
import {
  EMPTY_RECORD,
  type HeadAlarm,
  type HeadNews,
  isDue,
  lastOf,
  missed,
  observe,
  recordOf,
  settled,
  type WitnessRecord,
  type WitnessRecords,
  withRecord,
  witnessRecords,
} from '../evidence/witness-record.ts';
import { damaged, VaultError } from '../vault/errors.ts';
import type { Holdings } from '../vault/holdings.ts';
import type { SigningHandle } from '../vault/items.ts';
import type { KeeperToMain, WitnessAnswer, WitnessAsk } from './protocol.ts';
import { refusal, troubleOf } from './trouble.ts';
import type { TrustedWindow } from './windows.ts';

/** The log grows all the time; what lies between two writes is remembered until the lock. */
const WRITE_EVERY_MS = 60_000;
/** So much of a root is typed, at least, by whoever goes on with it. */
const TYPED_CHARACTERS = 8;
const BUSY = 'The vault is being given new keys. Finish that or close its window first.';

interface Deps {
  readonly key: SigningHandle;
  readonly holdings: () => Pick<Holdings, 'witnessed' | 'keepWitnessed'>;
  readonly tell: (message: KeeperToMain) => void;
  readonly now: () => Date;
  /** False while another file is about to take the vault's place: a write now would make that fail. */
  readonly mayWrite: () => boolean;
  /** Profile of the remote service that this console is on; null for the bundled one. */
  readonly service: () => string | null;
  /** The vault was written. */
  readonly changed: () => Promise<void>;
}

/** Name and id are anybody's to see; the key signs cosignatures and nothing else. */
const witnessKey = ({ publicKey, keyId }: SigningHandle): VerifierKey =>
  makeKey(
    nativeCrypto.sha256,
    `sallyport-console/${keyId.slice(0, 16)}`,
    COSIGNATURE,
    Buffer.from(publicKey, 'base64url'),
  );

const factsOf = ({ last, head, problem, at }: HeadAlarm) => [
  { label: 'What is wrong', value: problem },
  { label: 'Seen', value: at },
  { label: 'Verified before', value: `${last.origin}, ${last.size} entries` },
  { label: 'Its root', value: last.root },
  { label: 'Believed keys', value: last.keys.join(', ') },
  ...(head
    ? [
        { label: 'New head', value: `${head.origin}, ${head.size} entries` },
        { label: 'Its root', value: head.root },
        { label: 'Signed by', value: head.keys.join(', ') },
      ]
    : [{ label: 'New head', value: 'none was shown' }]),
];

const SIDES: Readonly<Record<string, 'head' | 'last'>> = { before: 'last', new: 'head' };

/**
 * The side that a person named, when what they typed is the beginning of its root. Two heads may have one root and differ in their keys
 * alone, so the root does not say which side is meant; and a beginning that two roots share proves that neither was compared.
 * @returns a sentence for the person instead
 */
function sideOf(
  alarm: HeadAlarm,
  values: Readonly<Record<string, string>>,
): 'head' | 'last' | { why: string } {
  const side = SIDES[values.side?.trim().toLowerCase() ?? ''];
  if (side === undefined) return { why: 'Type "before" or "new" to say which head you mean.' };
  const typed = values.root?.trim().toLowerCase() ?? '';
  const root = alarm[side]?.root;
  if (root === undefined) return { why: 'No new head was shown. Type "before" to go on with yours.' };
  const other = alarm[side === 'head' ? 'last' : 'head']?.root;
  if (typed.length < TYPED_CHARACTERS || !root.startsWith(typed))
    return { why: 'The root of that head does not begin like this. Compare again.' };
  if (other !== undefined && root !== other && other.startsWith(typed))
    return { why: 'Both roots begin like this. Compare more of them, and type more characters.' };
  return side;
}

/**
 * The console as a witness of the log. It judges heads itself: whoever speaks to it, main included, can neither make it go back nor
 * make it sign a head that does not continue the last one. A head is in the vault before its cosignature leaves.
 */
export class WitnessDesk {
  readonly #deps: Deps;
  readonly #key: VerifierKey;
  #record: WitnessRecord | null = null;
  #stored: WitnessRecord = EMPTY_RECORD;
  #all: WitnessRecords = EMPTY_RECORD;
  /** Whose record is held. */
  #of: string | null = null;
  #writtenAt = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #window: string | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#key = witnessKey(deps.key);
  }

  /** One after the other, so that a head never goes back. */
  ask(id: string, ask: WitnessAsk): Promise<void> {
    const next = this.#turn.then(async () => {
      try {
        this.#requireService(ask);
        this.#deps.tell({ type: 'witness-answer', id, answer: await this.#answer(ask) });
      } catch (error) {
        if (!(error instanceof VaultError)) throw error;
        this.#deps.tell({ type: 'witness-refused', id, reason: 'refused', message: error.message });
      }
    });
    this.#turn = next.catch(() => undefined);
    return next;
  }

  /** What was seen at one service says nothing about the log of another. @throws VaultError `no-such-item` */
  #requireService({ service }: WitnessAsk): void {
    if (service !== undefined && service !== this.#deps.service())
      throw new VaultError('no-such-item', 'This was seen at another service than the one you are on.');
  }

  owns(subject: string | null): boolean {
    return subject !== null && this.#window === subject;
  }

  closed(subject: string | null): void {
    if (!this.owns(subject)) return;
    this.#window = null;
    this.#deps.tell({ type: 'close-window', role: 'vault', subject });
  }

  async answer(window: TrustedWindow, message: ToKeeper): Promise<void> {
    const { alarm } = this.#read();
    if (!alarm) return window.send(refusal('There is no alarm to settle any more. Close the window.'));
    if (message.type === 'hello') return this.#show(window, alarm);
    if (message.type === 'close-task') return this.closed(window.subject);
    if (message.type !== 'ceremony-act') return window.send(refusal('This window was not opened for that.'));
    const on = sideOf(alarm, message.values);
    if (typeof on !== 'string') return window.send({ ...refusal(on.why), code: 'refused' });
    if (!this.#deps.mayWrite()) return window.send({ ...refusal(BUSY), code: 'busy' });
    const turn = this.#turn.then(() => this.#write(settled(this.#read(), on)));
    this.#turn = turn.catch(() => undefined);
    try {
      await turn;
      const chosen = on === 'head' ? 'the new head' : 'the head that was verified before';
      window.send({ type: 'task-done', message: `This console goes on with ${chosen}.` });
    } catch (error) {
      window.send(troubleOf(error, 0));
    }
  }

  #show(window: TrustedWindow, alarm: HeadAlarm): void {
    window.send({
      ...{ type: 'ceremony', title: 'Go on after an alarm of the log', act: 'Go on with this head' },
      danger: true,
      facts: factsOf(alarm),
      warning:
        'This console will verify and cosign only what continues the head you choose. Export both sides first.',
      fields: [
        { name: 'side', label: 'Head to go on with', hint: 'before or new' },
        {
          name: 'root',
          label: 'Beginning of its root',
          hint: `${TYPED_CHARACTERS} characters or more`,
        },
      ],
    });
  }

  async #answer(ask: WitnessAsk): Promise<WitnessAnswer> {
    if (ask.what === 'observe') return this.#observe(ask.news);
    if (ask.what === 'missing') return this.#miss();
    if (ask.what === 'settle') this.#openWindow();
    return this.#told();
  }

  async #observe(news: HeadNews): Promise<WitnessAnswer> {
    const now = this.#deps.now();
    const { verdict, record } = observe(this.#read(), news, now);
    this.#record = record;
    const { witnessKeys } = news.trust;
    const registered = witnessKeys.some(({ key }) => key === formatKey(this.#key));
    const believed = verdict.state === 'first' || verdict.state === 'continues';
    if (!this.#deps.mayWrite()) return { ...this.#told(), verdict };
    if (registered && believed && isDue(record, witnessKeys.length, now))
      return { ...(await this.#cosign(record, news.note, now)), verdict };
    const unsaved = await this.#writeInTime(record, now, believed && record.alarm === null);
    return { ...this.#told(), verdict, unsaved };
  }

  async #miss(): Promise<WitnessAnswer> {
    const now = this.#deps.now();
    const { verdict, record } = missed(this.#read(), now);
    this.#record = record;
    const unsaved = this.#deps.mayWrite() ? await this.#writeInTime(record, now, false) : null;
    return { ...this.#told(), verdict, unsaved };
  }

  /** What is news is written at once when it is an alarm or the first of all, and now and then otherwise. */
  async #writeInTime(record: WitnessRecord, now: Date, isQuiet: boolean): Promise<string | null> {
    const urgent = this.#stored.current === null || record.alarm !== this.#stored.alarm;
    const isNews = JSON.stringify(record) !== JSON.stringify(this.#stored);
    const isTime = isNews && (urgent || now.getTime() - this.#writtenAt >= WRITE_EVERY_MS);
    return isTime ? this.#tryWrite(record, isQuiet) : null;
  }

  /**
   * A disk that cannot be written must not hide an alarm: it is told all the same, and that it could not be kept.
   * @returns why it was not written
   */
  async #tryWrite(record: WitnessRecord, isQuiet: boolean): Promise<string | null> {
    try {
      await this.#write(record);
      return null;
    } catch (error) {
      if (isQuiet || !(error instanceof VaultError)) throw error;
      return error.message;
    }
  }

  async #cosign(record: WitnessRecord, note: string, now: Date): Promise<WitnessAnswer> {
    const last = lastOf(record);
    if (!last) return this.#told();
    const cosigned = { origin: last.origin, size: last.size, at: now.toISOString() };
    await this.#write({ ...record, cosigned });
    const { text } = parseNote(note);
    const seconds = Math.floor(now.getTime() / 1000);
    const line = cosign(this.#key, text, seconds, (bytes) => this.#deps.key.sign(bytes));
    return { ...this.#told(), cosignature: formatNote(text, [line]) };
  }

  #told(): WitnessAnswer {
    const record = this.#read();
    return {
      ...{ last: lastOf(record), alarm: record.alarm, cosigned: record.cosigned },
      ...{ key: formatKey(this.#key), name: this.#key.name, verdict: null, cosignature: null, unsaved: null },
    };
  }

  #openWindow(): void {
    if (this.#window !== null || !this.#read().alarm) return;
    this.#window = randomUUID();
    this.#deps.tell({ type: 'open-window', role: 'vault', subject: this.#window });
  }

  #read(): WitnessRecord {
    const service = this.#deps.service();
    if (this.#record && this.#of === service) return this.#record;
    this.#all = this.#record ? withRecord(this.#all, this.#of, this.#record) : this.#load();
    this.#stored = recordOf(this.#all, service);
    this.#record = this.#stored;
    this.#of = service;
    return this.#record;
  }

  #load(): WitnessRecords {
    const bytes = this.#deps.holdings().witnessed();
    try {
      return bytes ? witnessRecords.parse(JSON.parse(bytes.toString('utf8'))) : EMPTY_RECORD;
    } catch (cause) {
      throw damaged('its record of the log is not readable', cause);
    }
  }

  async #write(record: WitnessRecord): Promise<void> {
    const service = this.#of;
    const all = withRecord(this.#all, service, record);
    if (!witnessRecords.safeParse(all).success)
      throw new VaultError('write-failed', 'What was seen of the log cannot be kept. Nothing was written.');
    await this.#deps.holdings().keepWitnessed(Buffer.from(JSON.stringify(all), 'utf8'));
    this.#all = all;
    if (this.#of === service) [this.#record, this.#stored] = [record, record];
    this.#writtenAt = this.#deps.now().getTime();
    await this.#deps.changed();
  }
}
