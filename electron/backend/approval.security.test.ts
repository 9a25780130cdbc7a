import { describe, expect, it } from 'vitest';
import type { Proposal } from '../../shared/http/proposal.ts';
import { digestOf, PROPOSAL_ID, PROPOSED } from '../../tests/fixtures/approval-request.ts';
import { contentToApprove } from './approval.ts';

const shown = (state: Proposal['state']) => ({
  calls: [] as unknown[],
  async call(request: unknown) {
    this.calls.push(request);
    return { body: { proposal: { id: PROPOSAL_ID, digest: digestOf(PROPOSED), state, content: PROPOSED } } };
  },
});
const asked = {
  route: 'proposals.approve',
  params: { id: PROPOSAL_ID },
  body: { digest: digestOf(PROPOSED) },
} as const;

describe('what an approval is of', () => {
  it('is asked of the service by the id alone, whatever the page brought along', async () => {
    const reader = shown('open');
    const forged = { ...asked, body: { digest: 'f'.repeat(64), content: { ...PROPOSED, body: '{}' } } };
    expect(await contentToApprove(reader, forged)).toEqual(PROPOSED);
    expect(reader.calls).toEqual([{ route: 'proposals.get', params: { id: PROPOSAL_ID } }]);
  });

  it.each([
    ['executed', /executed already/],
    ['withdrawn', /was withdrawn/],
    ['expired', /expired/],
  ] as const)('draws no card for one that is %s', async (state, message) => {
    await expect(contentToApprove(shown(state), asked)).rejects.toMatchObject({
      code: 'request-failed',
      message: expect.stringMatching(message),
      service: { status: 409 },
    });
  });
});
