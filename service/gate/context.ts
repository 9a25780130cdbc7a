import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { AccountRole, OperatorRole } from '../../shared/http/route.ts';
import type { CriticalRouteId, HandlerInput, RouteId, RouteTable } from '../../shared/http/table.ts';

/** Who calls, after bearer and signature were checked. A handler never sees a credential, only what it proved. */
export type Principal =
  | { readonly type: 'stranger' }
  | { readonly type: 'facilitator' }
  /** Holds the admin token and signed nothing: reads, and the proof of possession of an enrolment. */
  | { readonly type: 'admin-token'; readonly tokenHash: string }
  | {
      readonly type: 'operator';
      readonly id: string;
      readonly name: string;
      readonly role: OperatorRole;
      readonly keyId: string;
      readonly tokenHash: string;
    }
  /** A key of `th_` or `thm_`. */
  | {
      readonly type: 'key';
      readonly id: string;
      readonly family: 'inference' | 'management';
      /** Whose key it is; null for one that an operator made for nobody. */
      readonly accountId: string | null;
      /** The agent that it calls for; one of the account's own. */
      readonly agentId: string | null;
      /** What it may spend in all, in units of 1e-8 credit; null for no limit of its own. */
      readonly spendLimit: bigint | null;
      readonly label: string;
      readonly displayPrefix: string;
      readonly requestsPerMinute: number;
    }
  /** An account by one of its sessions. The role is today's, not the one of the token. */
  | {
      readonly type: 'account';
      readonly id: string;
      readonly role: AccountRole;
      readonly sessionId: string;
    }
  /** An agent by its platform key. */
  | {
      readonly type: 'agent';
      readonly id: string;
      /** Null until an account has claimed it. */
      readonly ownerId: string | null;
      readonly keyId: string;
      readonly displayPrefix: string;
      readonly requestsPerMinute: number;
    };

/** What remains of a verified signature: enough to refuse its second use inside the mutation's transaction. */
export interface VerifiedSignature {
  readonly keyId: string;
  readonly nonce: string;
  readonly created: Date;
  readonly expires: Date;
  /** An approval is remembered apart: it lives longer than any other signature. */
  readonly purpose: 'admin' | 'approval';
  /** What was signed, the signature and the key, for records that must prove themselves later. */
  readonly proof: SignatureProof;
}

export interface SignatureProof {
  /** Raw Ed25519 public key in base64url. */
  readonly publicKey: string;
  /** The signature base of RFC 9421 section 2.5. */
  readonly base: string;
  readonly value: Uint8Array;
}

export interface RequestContext {
  readonly requestId: string;
  /** The client's address as it is known for certain: the peer, or what a trusted proxy says. */
  readonly clientAddress: string;
  readonly principal: Principal;
  /** The agent that the request is for: itself, or the one that its account acts as. */
  readonly agent: string | null;
  readonly idempotencyKey: string | null;
  readonly signature: VerifiedSignature | null;
  /** The operator whose verified signature stands beside the session of an account. */
  readonly countersigner: { readonly id: string; readonly name: string } | null;
  /** SHA-256 (hex) over method, target and raw body: what an idempotency key is bound to. Empty for reads. */
  readonly requestHash: string;
  /** Target and raw body of a mutation, as its signature covers them; null for reads. */
  readonly sent: { readonly target: string; readonly body: Uint8Array } | null;
  now(): Date;
}

/** An answer that the route declares: its status, and a body of that status's schema. */
export type Answer<Id extends RouteId> = {
  [S in keyof RouteTable[Id]['answers'] & number]: RouteTable[Id]['answers'][S] extends z.ZodType
    ? {
        readonly status: S;
        readonly body: z.input<RouteTable[Id]['answers'][S]>;
        readonly headers?: Readonly<Record<string, string>>;
      }
    : never;
}[keyof RouteTable[Id]['answers'] & number];

/** Refuses by throwing `HttpError`; anything else thrown is a 500 that tells the caller nothing. */
export type Handler<Id extends RouteId> = (
  input: HandlerInput<Id>,
  ctx: RequestContext,
) => Promise<Answer<Id>>;

export interface StreamWriter {
  /** @returns `false` when the client reads slower than we write: await `drained` before the next write. */
  write(part: string | Uint8Array): boolean;
  /** Resolves when the buffer is empty again or the stream is closed. */
  drained(): Promise<void>;
}

export interface StreamIo {
  readonly headers: IncomingHttpHeaders;
  /** Sends 200 and the head: `text/event-stream`, or what a download has instead. An error thrown before it is answered as usual, after it ends the stream. */
  open(head?: Readonly<Record<string, string>>): StreamWriter;
  /** Aborted when the client leaves, its admin token is withdrawn, or the service stops. */
  readonly closed: AbortSignal;
}

/** Runs as long as the stream is open; the gate ends the response when the promise settles. */
export type StreamHandler<Id extends RouteId> = (
  input: HandlerInput<Id>,
  ctx: RequestContext,
  io: StreamIo,
) => Promise<void>;

/** A provider's whole answer, byte for byte. */
export interface RelayedAnswer {
  readonly status: 200;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: Uint8Array;
}

export interface RelayIo extends Pick<StreamIo, 'closed'> {
  /** Like a stream's, with headers of its own. */
  open(headers: Readonly<Record<string, string>>): StreamWriter;
}

/** Either returns the whole answer, or opens a stream and ends when it has been written. */
export type RelayHandler<Id extends RouteId> = (
  input: HandlerInput<Id>,
  ctx: RequestContext,
  io: RelayIo,
) => Promise<RelayedAnswer | undefined>;

/**
 * What one signature does to a critical route: it proposes. There is no handler for it that could act, so nothing but the
 * approval of a second person does.
 */
export type Propose = (
  route: CriticalRouteId,
  ctx: RequestContext,
) => Promise<{ readonly status: number; readonly body: unknown }>;

export type Handlers = {
  readonly [Id in Exclude<RouteId, CriticalRouteId>]: RouteTable[Id] extends { stream: true }
    ? StreamHandler<Id>
    : RouteTable[Id] extends { relay: true }
      ? RelayHandler<Id>
      : Handler<Id>;
};
