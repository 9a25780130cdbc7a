import type { RoundProbeId } from '../../shared/boundaries/controls.ts';
import type { Signer } from '../../shared/http/sign.ts';
import type { Client } from './client.ts';
import type { Grounds } from './store.ts';
import type { Tenant } from './tenant.ts';
import type { Verdict } from './verdict.ts';

/** What an attack has at hand: the doors that anybody has, a tenant without a credit, and the least of all roles. */
export interface Ground {
  readonly client: Client;
  readonly tenant: Tenant;
  readonly grounds: Grounds;
  readonly roundId: string;
  readonly admin: { readonly origin: string; readonly token: string };
  readonly signer: Signer;
  /** The same key, with a clock that is this much behind. */
  behind(ms: number): Signer;
  readonly dataDir: string;
  /** Address of an export that exists nowhere, issued by the service itself with an end that has passed; null: it gave none. */
  readonly expiredExport: string | null;
}

export type Attack = (ground: Ground) => Promise<Verdict>;
export type Attacks = Readonly<Partial<Record<RoundProbeId, Attack>>>;

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
