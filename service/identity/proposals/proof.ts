import { verify } from 'node:crypto';
import { digestOf, thumbprint } from '../../../shared/http/sign.ts';
import { APPROVAL_TAG, SIGNATURE_TAG } from '../../../shared/http/signature.ts';
import type { CriticalRouteId } from '../../../shared/http/table.ts';
import { isRouteId, routeOf } from '../../../shared/http/table.ts';
import { importPublicKey } from '../public-key.ts';
import { sha256 } from '../signature/checks.ts';
import type { ApprovalRow, ProposalRow } from './store.ts';

interface Proof {
  readonly proof_key: string;
  readonly proof_base: string;
  readonly proof_value: Buffer;
}

const isCritical = (route: string): route is CriticalRouteId =>
  isRouteId(route) && routeOf(route).risk?.level === 'critical';

const bodyDigest = (body: string): string => digestOf(Buffer.from(body), sha256);
const thumbprintOf = (publicKey: string): string => thumbprint(publicKey, sha256);

/** Whether the key signed this base. A key that cannot be a key signed nothing. */
function signed({ proof_key, proof_base, proof_value }: Proof): boolean {
  try {
    return verify(null, Buffer.from(proof_base), importPublicKey(proof_key), proof_value);
  } catch {
    return false;
  }
}

/** What a signature base says, line by line: headers hold no line break, so a line is one component. */
function says(
  base: string,
  components: Readonly<Record<string, string>>,
  params: readonly string[],
): boolean {
  const lines = base.split('\n');
  const said = (lines.at(-1) ?? '').split(';');
  return (
    said[0]?.startsWith('"@signature-params": (') === true &&
    params.every((param) => said.includes(param)) &&
    Object.entries(components).every(([name, value]) => lines.includes(`"${name}": ${value}`))
  );
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

function enrollingKeyOf(row: ProposalRow): string | null {
  try {
    return (JSON.parse(row.body) as { publicKey: string }).publicKey;
  } catch {
    return null;
  }
}

/**
 * Whether the proposing signature covers what the row says: method, target, body, nonce and time. The body of an enrolment is made
 * by the service, without the code; there it is the key that must be the one that signed.
 */
export function isProposed(row: ProposalRow): boolean {
  const components = { '@method': row.method, '@target-uri': row.target };
  const bound = isCritical(row.route)
    ? thumbprintOf(row.proof_key) === row.proposer_key &&
      says(row.proof_base, { 'content-digest': bodyDigest(row.body) }, [])
    : row.proof_key === enrollingKeyOf(row);
  const params = [`created=${seconds(row.created_at)}`, `nonce="${row.nonce}"`, `tag="${SIGNATURE_TAG}"`];
  return bound && says(row.proof_base, components, params) && signed(row);
}

/** Whether the approving signature covers this digest. */
export function isApproved(approval: ApprovalRow, digest: string): boolean {
  const components = { 'content-digest': bodyDigest(JSON.stringify({ digest })) };
  const params = [`keyid="${approval.key_id}"`, `tag="${APPROVAL_TAG}"`];
  return (
    thumbprintOf(approval.proof_key) === approval.key_id &&
    says(approval.proof_base, components, params) &&
    signed(approval)
  );
}

/** The key that proposed: the proposer's own, or the one that enrols. */
export const proposingKeyId = (row: ProposalRow): string => thumbprintOf(row.proof_key);
