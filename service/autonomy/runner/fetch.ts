import { OutboundError } from '../../outbound/outbound-error.ts';
import { AutonomyError } from '../autonomy-error.ts';
import { behindBreaker } from '../control/breakers.ts';
import type { OutboundAnswer } from '../outbound.ts';
import type { Payer } from '../parts.ts';
import type { TaskRow } from '../queue/rules.ts';

const isRedirect = ({ status }: OutboundAnswer): boolean => status >= 300 && status < 400;
export const isThere = ({ status }: OutboundAnswer): boolean => status >= 200 && status < 300;

/**
 * Asks for the task's resource, at its address and nowhere else.
 * @throws AutonomyError `refused` for a way that leads elsewhere or an answer without end, and what the transport throws
 */
export async function fetchResource(
  payer: Payer,
  task: Pick<TaskRow, 'url' | 'host'>,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<OutboundAnswer> {
  const { answerBytes: limit } = payer.settings;
  const call = { method: 'GET', url: task.url, headers, limit, signal } as const;
  try {
    const answer = await behindBreaker(payer, task.host, () => payer.send(call));
    if (isRedirect(answer)) throw new AutonomyError('refused', 'redirected', answer.header('location'));
    return answer;
  } catch (error) {
    if (error instanceof OutboundError && (error.code === 'too-large' || error.code === 'address-refused'))
      throw new AutonomyError('refused', error.code);
    throw error;
  }
}
