import { useCall } from '../../bridge/use-remote.ts';
import { useStores } from '../../stores/stores.tsx';
import type { IdentityFilter, IdentityView } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { RemoteValue } from '../parts/remote.tsx';
import type { Entry } from './entry.ts';
import { FAMILY, STATES, titleOf, VIEW_LABEL } from './words.ts';

const LINKED_MS = 5000;
/** A handful shows what there is; the rest is a list of its own. */
const SHOWN = 5;

interface Of {
  readonly account?: string;
  readonly agent?: string;
}

/** What a row of a drawer says: the object, its state, and when it was last used. */
function Line({ entry }: { readonly entry: Entry }) {
  const now = useNow();
  const { ui } = useStores();
  const { view, item } = entry;
  const states: Readonly<
    Record<string, { tone: 'ok' | 'idle' | 'busy' | 'absent' | 'warn' | 'bad'; word: string }>
  > = STATES[view];
  const state = states[item.state];
  return (
    <li className="flex h-8 items-center gap-3 border-line border-b text-body last:border-b-0">
      <Button
        kind="link"
        small
        className="-ml-2 min-w-0 shrink justify-start"
        onClick={() => ui.showIdentity(view, { search: item.id })}
      >
        <span className="truncate">
          {view === 'sessions' ? `Since ${item.openedAt.slice(0, 16).replace('T', ' ')} UTC` : titleOf(entry)}
        </span>
      </Button>
      {view === 'keys' ? <span className="truncate text-faint text-small">{FAMILY[item.family]}</span> : null}
      <span className="flex-1" />
      <span className="whitespace-nowrap text-faint text-small">
        {item.lastUsedAt ? <RelativeTime at={item.lastUsedAt} now={now} /> : 'never used'}
      </span>
      {state ? <State {...state} className="text-small" /> : null}
    </li>
  );
}

interface ListProps {
  readonly view: IdentityView;
  readonly of: Of;
  readonly entries: readonly Entry[];
  readonly more: boolean;
}

function Lines({ view, of, entries, more }: ListProps) {
  const { ui } = useStores();
  const filter: Partial<IdentityFilter> = of;
  if (entries.length === 0) return <p className="py-2 text-faint text-small">None.</p>;
  return (
    <>
      <ul>
        {entries.map((entry) => (
          <Line key={entry.item.id} entry={entry} />
        ))}
      </ul>
      {more ? (
        <Button kind="link" small className="-ml-2" onClick={() => ui.showIdentity(view, filter)}>
          Show all of them
        </Button>
      ) : null}
    </>
  );
}

const Waiting = ({ what }: { readonly what: string }) => (
  <SkeletonRows rows={2} height={32} waitingFor={what} />
);

/** The agents that an account owns. */
export function LinkedAgents({ account }: Required<Pick<Of, 'account'>>) {
  const remote = useCall('identity.agents', { query: { account, limit: SHOWN } }, { everyMs: LINKED_MS });
  const of = { account };
  return (
    <Section title={VIEW_LABEL.agents} testId="linked-agents">
      <RemoteValue remote={remote} what="its agents" skeleton={<Waiting what="its agents" />}>
        {({ agents, nextCursor }) => (
          <Lines
            view="agents"
            of={of}
            entries={agents.map((item) => ({ view: 'agents', item }))}
            more={nextCursor !== null}
          />
        )}
      </RemoteValue>
    </Section>
  );
}

/** The sessions of an account. */
export function LinkedSessions({ account }: Required<Pick<Of, 'account'>>) {
  const remote = useCall('identity.sessions', { query: { account, limit: SHOWN } }, { everyMs: LINKED_MS });
  const of = { account };
  return (
    <Section title={VIEW_LABEL.sessions} testId="linked-sessions">
      <RemoteValue remote={remote} what="its sessions" skeleton={<Waiting what="its sessions" />}>
        {({ sessions, nextCursor }) => (
          <Lines
            view="sessions"
            of={of}
            entries={sessions.map((item) => ({ view: 'sessions', item }))}
            more={nextCursor !== null}
          />
        )}
      </RemoteValue>
    </Section>
  );
}

/** The keys of an account and its agents, or of one agent. */
export function LinkedKeys(of: Of) {
  const remote = useCall('identity.keys', { query: { ...of, limit: SHOWN } }, { everyMs: LINKED_MS });
  return (
    <Section title={VIEW_LABEL.keys} testId="linked-keys">
      <RemoteValue remote={remote} what="its keys" skeleton={<Waiting what="its keys" />}>
        {({ keys, nextCursor }) => (
          <Lines
            view="keys"
            of={of}
            entries={keys.map((item) => ({ view: 'keys', item }))}
            more={nextCursor !== null}
          />
        )}
      </RemoteValue>
    </Section>
  );
}
