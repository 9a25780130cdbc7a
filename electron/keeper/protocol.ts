import type { Proposal } from '../../shared/http/proposal.ts';
import type { SecretUse } from '../../shared/http/secret-use.ts';
import type { CustodyAct, CustodyState } from '../../shared/ipc/custody.ts';
import type { ServiceKind, ServiceProfile } from '../../shared/ipc/services.ts';
import type { TrustedRole } from '../../shared/ipc/trusted.ts';
import type { VaultContents, VaultStatus, VaultTaskRequest, VaultUses } from '../../shared/ipc/vault.ts';
import type { HeadVerdict } from '../../shared/ledger/head-watch.ts';
import type { ProcessName } from '../../shared/service/launch.ts';
import type { Evidence } from '../custody/ceremony.ts';
import type { KnownOperator } from '../custody/persons.ts';
import type { Remains, SignedTransaction } from '../custody/sweep.ts';
import type { HeadAlarm, HeadNews, KeptHead, WitnessRecord } from '../evidence/witness-record.ts';
import type { SigningRequest } from '../signer/signing-request.ts';
import type { KeychainAttack } from '../vault/keychain.ts';

/**
 * What main and the keeper say to each other over the utility process's own port. Secrets cross it in one direction
 * only, towards the keeper (`reveal`), except `copy`, which the user asked for by hand. Both ends are our own code in
 * one package, so these are types; what comes from windows is parsed with the schemas of shared/ipc.
 */
export type { SigningRequest };

/** Windows that the keeper asks for, each for one subject. */
export type AskedRole = Extract<TrustedRole, 'card' | 'reveal' | 'vault'>;

/** A connection that main carries for the keeper, which opens none: bytes of TLS, whose ends are the keeper and the host. */
export type WireEvent =
  | { readonly event: 'bytes'; readonly bytes: Uint8Array }
  /** @param why null when it ended as it should */
  | { readonly event: 'end'; readonly why: string | null };

export type MainToKeeper =
  | {
      readonly type: 'start';
      readonly vaultDirectory: string;
      readonly idleMinutes: number;
      /** Said in the windows in which a passphrase is typed. */
      readonly isPractice: boolean;
    }
  /** Joins a trusted window: the message carries one MessagePort. */
  | { readonly type: 'attach-window'; readonly role: TrustedRole; readonly subject: string | null }
  /** The window is gone; an undecided card counts as declined. */
  | { readonly type: 'window-closed'; readonly role: TrustedRole; readonly subject: string | null }
  | { readonly type: 'sign'; readonly id: string; readonly request: SigningRequest }
  /** Gives a service process its keys over the MessagePort that the message carries. */
  | { readonly type: 'provide-keys'; readonly process: ProcessName }
  | {
      readonly type: 'reveal';
      readonly id: string;
      readonly title: string;
      readonly note: string;
      readonly values: readonly { readonly label: string; readonly value: string }[];
    }
  /** A step of a rotation; decided in a trusted window unless it only tells what was seen. */
  | { readonly type: 'custody'; readonly id: string; readonly ask: CustodyAsk }
  | { readonly type: 'member'; readonly id: string; readonly ask: MemberAsk }
  /** A head of the log for the witness to judge, or an alarm of it for a person to accept. */
  | { readonly type: 'witness'; readonly id: string; readonly ask: WitnessAsk }
  | { readonly type: 'services'; readonly id: string; readonly ask: ServicesAsk }
  | ({ readonly type: 'wire'; readonly id: string } & WireEvent)
  | { readonly type: 'set-idle-minutes'; readonly minutes: number }
  /** A page wants this done; the keeper opens the window in which a person does it. */
  | { readonly type: 'vault-task'; readonly id: string; readonly request: VaultTaskRequest }
  | { readonly type: 'ask-vault'; readonly id: string; readonly what: keyof VaultAnswers }
  /** The ledger has every use up to this one. */
  | { readonly type: 'uses-sent'; readonly last: string };

/** What main may know of an open vault. */
export interface VaultAnswers {
  readonly contents: VaultContents;
  readonly uses: VaultUses;
  /** Signed uses that the ledger does not have yet. */
  readonly unsent: readonly SecretUse[];
  /** What the keychain did when it was attacked; `missing` where none answers. */
  readonly keychain: KeychainAttack | 'missing';
}

/**
 * The session of a member of a brand. The keeper has the window in which a person signs in and the refresh token between its
 * uses; main speaks HTTP, so it is given both for one request each.
 */
export type MemberAsk =
  | { readonly what: 'who' }
  | { readonly what: 'sign-in' }
  | { readonly what: 'open' }
  | { readonly what: 'keep'; readonly email: string; readonly refreshToken: string }
  | { readonly what: 'drop' };

export interface MemberAnswer {
  /** Whose session the vault holds; null for none. */
  readonly who: string | null;
  readonly credentials: { readonly email: string; readonly password: string } | null;
  readonly refreshToken: string | null;
}

/** What main asks about remote services. All but `list` and `resume` open a window in which a person types, reads and decides. */
export type ServicesAsk =
  | { readonly what: 'list' }
  | { readonly what: 'add' }
  | { readonly what: 'enrolment-code' }
  /** What a person chose before the last lock. */
  | { readonly what: 'resume' }
  /** Null for the bundled service. */
  | { readonly what: 'connect'; readonly profile: string | null }
  | { readonly what: 'remove'; readonly profile: string };

/** What main needs to speak to a remote service: its token, and the public half of the key that the keeper signs with there. */
export interface ConnectedProfile {
  readonly id: string;
  readonly kind: Exclude<ServiceKind, 'bundled'>;
  readonly name: string;
  readonly origin: string;
  readonly pin: string;
  readonly token: string;
  readonly keyId: string;
  readonly publicKey: string;
}

export interface ServicesAnswer {
  readonly profiles: readonly ServiceProfile[];
  /** Of `resume` and `connect`: what this console is on now; null for the bundled service. */
  readonly connected: ConnectedProfile | null;
  /** Of `resume`: what was chosen is not in the vault any more. */
  readonly isMissing: boolean;
  /** Of `enrolment-code`. */
  readonly code: string | null;
}

/** What main asks of custody: a look, an act that a person decides, or what main saw outside. */
export type CustodyAsk =
  | { readonly what: 'state' }
  | { readonly what: 'act'; readonly act: WindowAct }
  | { readonly what: 'hydrated'; readonly evidence: Evidence<'hydrated'> }
  | { readonly what: 'confirmed'; readonly evidence: Evidence<'confirmed'> }
  | { readonly what: 'swept'; readonly evidence: Evidence<'swept'> }
  /** The service holds the former key again, as it said itself. */
  | { readonly what: 'restored'; readonly reason: string; readonly fingerprint: string | null };

export type WitnessAsk =
  /** `missing`: the service says that there is no head. */
  (
    | { readonly what: 'last' | 'settle' | 'missing' }
    | { readonly what: 'observe'; readonly news: HeadNews }
  ) & {
    /** Where main saw it: a profile, or null for the bundled service. Refused when the console has left that one. */
    readonly service?: string | null;
  };

/** What the vault keeps of the log. */
export interface WitnessAnswer {
  readonly last: KeptHead | null;
  readonly alarm: HeadAlarm | null;
  readonly cosigned: WitnessRecord['cosigned'];
  /** Verifier key (C2SP signed-note) by which heads are cosigned, and its name. */
  readonly key: string;
  readonly name: string;
  /** Of what was observed. */
  readonly verdict: HeadVerdict | null;
  /** The observed head with the line of this witness, where it is due. */
  readonly cosignature: string | null;
  /** Why the vault could not keep what was observed, for a person; null when it did, or need not yet. */
  readonly unsaved: string | null;
}

export type WindowAct =
  | Exclude<CustodyAct, { act: 'open' | 'import-shared' | 'confirm' | 'sweep' | 'sunset' }>
  /** Whose key is whose at the service, where it was asked. */
  | (Extract<CustodyAct, { act: 'open' | 'import-shared' }> & { readonly known?: readonly KnownOperator[] })
  /** The executed proposal, where the service was asked for it. */
  | { readonly act: 'sunset'; readonly retirement: Proposal | null }
  | { readonly act: 'sweep'; readonly remains: Remains };

export type { Evidence, Remains };

export interface CustodyAnswer {
  /** Null where it could not be looked at after what was asked had been done; a look of its own is refused with the reason. */
  readonly state: CustodyState | null;
  /** Of a sweep: what the cluster is to be sent. */
  readonly transaction: SignedTransaction | null;
  /** The service has to be restarted, because the key that it is given is another one now. */
  readonly restart: boolean;
}

export type KeeperToMain =
  | { readonly type: 'started'; readonly status: VaultStatus }
  | { readonly type: 'status'; readonly status: VaultStatus }
  /** The vault is open (and, after creation, its recovery code confirmed). Handles only. */
  | {
      readonly type: 'unlocked';
      readonly status: VaultStatus;
      readonly keyId: string;
      readonly publicKey: string;
    }
  /** Asks main for a trusted window; `subject` is the id of the card or the reveal. */
  | { readonly type: 'open-window'; readonly role: AskedRole; readonly subject: string }
  | { readonly type: 'close-window'; readonly role: TrustedRole; readonly subject: string | null }
  /** Headers that the signed request must carry, `signature` and `signature-input` among them. */
  | { readonly type: 'signed'; readonly id: string; readonly headers: Readonly<Record<string, string>> }
  | {
      readonly type: 'not-signed';
      readonly id: string;
      readonly reason: 'declined' | 'locked' | 'invalid-request' | 'rate-capped';
      readonly message: string;
    }
  /** Puts text on the clipboard for 30 s, at the user's explicit wish. */
  | { readonly type: 'copy'; readonly text: string }
  /** Null when the vault is locked. */
  | {
      readonly type: 'vault-answer';
      readonly id: string;
      readonly answer: VaultAnswers[keyof VaultAnswers] | null;
    }
  | { readonly type: 'custody-answer'; readonly id: string; readonly answer: CustodyAnswer }
  | {
      readonly type: 'custody-refused';
      readonly id: string;
      readonly reason: 'declined' | 'locked' | 'refused';
      readonly message: string;
    }
  | { readonly type: 'member-answer'; readonly id: string; readonly answer: MemberAnswer }
  | {
      readonly type: 'member-refused' | 'witness-refused' | 'services-refused';
      readonly id: string;
      readonly reason: 'declined' | 'locked' | 'refused';
      readonly message: string;
    }
  | { readonly type: 'witness-answer'; readonly id: string; readonly answer: WitnessAnswer }
  | { readonly type: 'services-answer'; readonly id: string; readonly answer: ServicesAnswer }
  /** Fingerprint of the key that the service is given at its next start; null for none. */
  | { readonly type: 'payer-key'; readonly fingerprint: string | null }
  /** The vault on disk has new keys. What this process held of the former ones is wiped, and it is to be ended for the rest. */
  | { readonly type: 'rekeyed' }
  /** Uses of secrets may wait for the ledger. */
  | { readonly type: 'uses-waiting' }
  /** An item that nobody should touch was touched. */
  | { readonly type: 'canary'; readonly label: string; readonly action: string }
  /** Ciphertext that a person asked for; main asks where it goes. */
  | { readonly type: 'save-file'; readonly name: string; readonly text: string }
  | ({ readonly type: 'wire'; readonly id: string } & (
      | WireEvent
      | { readonly event: 'open'; readonly host: string }
    ))
  /** The first run asks for the practice console; whether there is one, main decides. */
  | { readonly type: 'open-practice' }
  | { readonly type: 'fatal'; readonly message: string };
