import { useEffect } from 'react';
import { useAsk } from '../bridge/use-remote.ts';
import { useStores } from '../stores/stores.tsx';

/** Main pushes every change; asking is for the first moment and for a lost port. */
const STATUS_MS = 5000;

/** Keeps the stores of service and vault fed, pushed or asked for. */
export function useStatusFeed(): void {
  const { service, connection, vault, notices } = useStores();
  const askedService = useAsk('service.status', { everyMs: STATUS_MS });
  const askedVault = useAsk('vault.status', { everyMs: STATUS_MS });
  useEffect(() => {
    if (askedService.data && askedService.at !== null) service.set(askedService.data, askedService.at);
  }, [service, askedService.data, askedService.at]);
  const asked = useAsk('services.status', { everyMs: STATUS_MS });
  useEffect(() => {
    if (asked.data && asked.at !== null) connection.set(asked.data.connection, asked.at);
  }, [connection, asked.data, asked.at]);
  useEffect(() => {
    if (askedVault.data && askedVault.at !== null) vault.set(askedVault.data, askedVault.at);
  }, [vault, askedVault.data, askedVault.at]);
  const trouble = (askedService.error ?? askedVault.error)?.message;
  useEffect(() => {
    if (trouble) notices.add('error', trouble, Date.now());
  }, [notices, trouble]);
}
