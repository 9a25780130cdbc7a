import { writeFile } from 'node:fs/promises';
import { writeRequest } from '../../shared/http/carried.ts';
import { proposalProof, proposal as proposalSchema } from '../../shared/http/proposal.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { CallRequest } from './admin-request.ts';
import type { ChooseFile } from './exports.ts';

interface Deps {
  readonly call: (request: CallRequest) => Promise<{ readonly body: Record<string, unknown> }>;
  readonly chooseFile: ChooseFile;
}

/**
 * Saves an open proposal for a second person who is elsewhere: what the service says, with the proposing signature, and nothing that
 * a page said but its id.
 * @throws Refusal `request-failed` for a proposal that is no longer open, or a place that cannot be written to
 */
export const saveProposal =
  ({ call, chooseFile }: Deps) =>
  async (id: string): Promise<{ path: string | null }> => {
    const { body } = await call({ route: 'proposals.get', params: { id } });
    const proposal = proposalSchema.parse(body.proposal);
    if (proposal.state !== 'open')
      throw new Refusal('request-failed', `It is ${proposal.state}, so nobody can approve it any more.`);
    const text = writeRequest(proposal, proposalProof.parse(body.proof));
    const path = await chooseFile(`proposal-${proposal.id}.json`);
    if (path === null) return { path };
    try {
      await writeFile(path, text, { mode: 0o600 });
    } catch (cause) {
      throw new Refusal('request-failed', 'The proposal could not be saved there. Choose another place.', {
        cause,
      });
    }
    return { path };
  };
