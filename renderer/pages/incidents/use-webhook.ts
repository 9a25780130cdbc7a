import type { CallInput } from '../../../shared/http/table.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useCall } from '../../bridge/use-remote.ts';

const WEBHOOK_MS = 3000;

export const useWebhook = () => useCall('webhook.state', {}, { everyMs: WEBHOOK_MS });

export function useSetWebhook() {
  const bridge = useBridge();
  return useAction((body: CallInput<'webhook.set'>['body']) => bridge.call('webhook.set', { body }));
}

export function useRemoveWebhook() {
  const bridge = useBridge();
  return useAction((body: CallInput<'webhook.remove'>['body']) => bridge.call('webhook.remove', { body }));
}

/** A test, or what was given up once more. */
export function useSend() {
  const bridge = useBridge();
  return useAction((route: 'webhook.test' | 'webhook.retry', webhookId: string) =>
    bridge.call(route, { body: { webhookId } }),
  );
}
