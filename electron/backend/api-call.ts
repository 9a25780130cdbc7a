import type { RouteId } from '../../shared/http/table.ts';
import { routeOf } from '../../shared/http/table.ts';
import type { AdminAnswer, AdminClient } from './admin-client.ts';
import type { CallRequest } from './admin-request.ts';

interface Shown {
  readonly title: string;
  readonly note: string;
  readonly values: readonly { readonly label: string; readonly value: string }[];
}

interface Deps {
  readonly client: Pick<AdminClient, 'call'>;
  /** Shows values in a trusted window. */
  readonly reveal: (shown: Shown) => void;
}

const NOTE =
  'This is shown once. Copy it now: the console does not keep it, and the service keeps only its hash.';

/** Splits what only a trusted window may show from what the application's page gets. */
export function cutOut(route: RouteId, body: AdminAnswer['body']) {
  const { reveals = [] } = routeOf(route);
  const secret = reveals.filter((name) => Object.hasOwn(body, name));
  const open = Object.fromEntries(Object.entries(body).filter(([name]) => !reveals.includes(name)));
  return { open, values: secret.map((label) => ({ label, value: String(body[label]) })) };
}

/** One call of the admin API for the application's page. Secrets of the answer go to the keeper, never to the page. */
export const apiCall =
  ({ client, reveal }: Deps) =>
  async (request: CallRequest) => {
    const { status, body } = await client.call(request);
    const { open, values } = cutOut(request.route, body);
    const title = routeOf(request.route).card?.title ?? routeOf(request.route).summary;
    if (values.length > 0) reveal({ title, note: NOTE, values });
    return { status, body: open, revealed: values.length > 0 };
  };
