import { useCall } from '../../bridge/use-remote.ts';

/** The service keeps the id of whoever signed; the name is for the reader. An id that is not known stays an id. */
export function useOperatorName(): (id: string) => string {
  const operators = useCall('operators.list', {}).data?.operators;
  return (id) => operators?.find((one) => one.id === id)?.name ?? id;
}
