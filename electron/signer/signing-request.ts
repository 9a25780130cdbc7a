import type { RouteId } from '../../shared/http/table.ts';

/** What main asks to have signed: every part of it is final, because it is what will be sent. */
export interface SigningRequest {
  readonly route: RouteId;
  readonly method: string;
  /** Absolute target URI under the configured origin of the admin plane. */
  readonly targetUri: string;
  readonly contentType: string;
  /** The exact bytes that will be sent. */
  readonly body: Uint8Array;
  readonly idempotencyKey: string;
}
