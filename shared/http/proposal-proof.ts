import type { ProposalContent, ProposalProof } from './proposal.ts';
import { digestOf, type Sha256, thumbprint } from './sign.ts';
import { SIGNATURE_TAG } from './signature.ts';
import { isRouteId, routeOf } from './table.ts';

const isCritical = (route: string): boolean => isRouteId(route) && routeOf(route).risk?.level === 'critical';

/** What a signature base says, line by line: headers hold no line break, so a line is one component. */
export function baseSays(
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

function enrollingKeyOf(body: string): unknown {
  try {
    return (JSON.parse(body) as { readonly publicKey?: unknown } | null)?.publicKey;
  } catch {
    return null;
  }
}

/**
 * Whether what was signed is this proposal: method, target, body, nonce and time, under the key that may have proposed it. The body
 * of an enrolment is made by the service, without the code; there it is the key that must be the one that signed. The signature
 * itself is for the caller to verify.
 */
export function isProposalBase(
  content: ProposalContent,
  { publicKey, base }: Pick<ProposalProof, 'publicKey' | 'base'>,
  sha256: Sha256,
): boolean {
  const { method, target, body, nonce, createdAt, route, proposer } = content;
  const bodyDigest = digestOf(new TextEncoder().encode(body), sha256);
  const isBound = isCritical(route)
    ? thumbprint(publicKey, sha256) === proposer.keyId && baseSays(base, { 'content-digest': bodyDigest }, [])
    : publicKey === enrollingKeyOf(body);
  const created = Math.floor(Date.parse(createdAt) / 1000);
  const params = [`created=${created}`, `nonce="${nonce}"`, `tag="${SIGNATURE_TAG}"`];
  return isBound && baseSays(base, { '@method': method, '@target-uri': target }, params);
}
