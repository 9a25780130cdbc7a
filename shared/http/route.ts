import type { z } from 'zod';
import type { EventKind } from '../ledger/events.ts';

/** Where a route is served: the public API port, or the admin plane (a Unix socket when bundled). */
export type Plane = 'public' | 'admin';

export const OPERATOR_ROLES = ['reviewer', 'responder', 'custodian', 'administrator'] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

export const ACCOUNT_ROLES = ['user', 'admin', 'super_admin'] as const;
export type AccountRole = (typeof ACCOUNT_ROLES)[number];

/**
 * Who a bearer token may belong to. `admin` is the admin token, `session` an account's access token, `facilitator` the secret of
 * whoever settles the payer's payments; the others are key families.
 */
export type Bearer = 'none' | 'admin' | 'inference' | 'session' | 'platform' | 'management' | 'facilitator';

/**
 * Who must sign (RFC 9421): nobody, the key that enrols itself (proof of possession), or an enrolled operator with one
 * of the roles named.
 */
export type Signed = 'no' | 'by-enrolling-key' | readonly OperatorRole[];

export interface Policy {
  /** One kind, or several of which any will do; the prefix of the token tells which it is. */
  readonly bearer: Bearer | readonly Exclude<Bearer, 'none' | 'admin' | 'facilitator'>[];
  readonly signed: Signed;
  /** The route is about the agent that an account acts as: X-Agent-Id, or its only one. With `session`. */
  readonly agent?: 'required';
  /** An agent that nobody has claimed may not call (SPEC 1). With `platform`. */
  readonly claimed?: 'required';
  /** What the path names belongs to somebody: the answer for what is another's, or `anyone` where it belongs to nobody. */
  readonly owner?: 403 | 404 | 'anyone';
  /** What a good credential of another kind is told. Absent: 403, that it is of another kind; 401: as if it were none. */
  readonly otherFamily?: 401;
  /** Only the service's own probes may sign it; a person who holds the role of theirs is told 409. */
  readonly confinedTo?: 'probes';
  /**
   * Operators whose signature may stand beside the session of an account, and then is verified like any other: the console
   * sends both. Such a route has a risk and, above `routine`, a card. With `signed: 'no'`.
   */
  readonly countersigned?: readonly OperatorRole[];
  /** Roles of the account that may call, with `session` only. Absent: any. */
  readonly roles?: readonly AccountRole[];
  /**
   * Why nobody signs a mutation: present exactly on public mutations, whose callers are strangers and accounts and have no
   * operator's key. There is no such reason on the admin plane.
   */
  readonly unsignedBecause?: string;
}

/**
 * What stands between a click and a signature. `routine` is confirmed on the screen, capped in rate and announced;
 * `sensitive` shows the card of the trusted window; `critical` needs a second person too.
 */
export type Risk =
  | { readonly level: 'routine'; readonly reason: string }
  | { readonly level: 'sensitive' }
  | { readonly level: 'critical' };

/** How the card of a signed route introduces itself. Its fields are decoded from the exact bytes that are signed. */
export interface CardText {
  readonly title: string;
  /** What happens when it is signed; for a destructive act, what it destroys. */
  readonly effect: string;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Path with `:name` parameters. */
  readonly path: string;
  readonly summary: string;
  readonly plane: Plane;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** A schema for every status it may answer beside the common errors, which the mount adds. */
  readonly answers: Readonly<Record<number, z.ZodType>>;
  readonly policy: Policy;
  /** Counted against the rule of the calling agent as well. With `platform`. */
  readonly limitedAs?: 'agent';
  readonly effect: 'read' | 'mutate';
  /** Why a read is a POST: only because its body holds a credential, which no address may. */
  readonly postBecause?: string;
  /** An unsigned mutation that is done once per Idempotency-Key. A signed one always is, without saying so. */
  readonly idempotencyKey?: 'required';
  /** Present exactly when an operator signs or countersigns. */
  readonly risk?: Risk;
  /** Signed as an approval: `tag="sallyport-approval"` over the card of the proposal whose digest the body names. */
  readonly approves?: true;
  readonly card?: CardText;
  /**
   * Top-level fields of the body that name to a person what the path's id points to. They stand first on the card, and the
   * service refuses a request whose names are not those of the object that it has under that id.
   */
  readonly names?: readonly string[];
  /** Kinds of ledger events a success may stage. */
  readonly events: readonly EventKind[];
  /** Top-level fields of the answer that only a trusted window may show. */
  readonly reveals?: readonly string[];
  /** Answers with `text/event-stream`, never with JSON. */
  readonly stream?: true;
  /**
   * Answers with what a provider answers, JSON or `text/event-stream` as the body asks for. Such a body may be as large as
   * configuration says, and fields that we do not know go through.
   */
  readonly relay?: true;
  /** The stream is a file that ends: its type is in its own head, and no token stands in its address. */
  readonly download?: true;
}

/** Every kind of bearer that opens a route. */
export const bearersOf = ({ bearer }: Policy): readonly Bearer[] =>
  typeof bearer === 'string' ? [bearer] : bearer;

/** Keeps the literal types of a table of routes while checking its shape. */
export const defineRoutes = <const T extends Readonly<Record<string, Route>>>(table: T): T => table;
