import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import { useCall } from '../../bridge/use-remote.ts';
import { useStores } from '../../stores/stores.tsx';
import type { IdentityView } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Drawer } from '../../ui/drawer.tsx';
import { formatRate } from '../../ui/format.ts';
import { Fact, Facts } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { FullTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { whyNotSign } from '../parts/enrolment.tsx';
import { type Act, actsOn, credentialOf } from './acts.ts';
import type { Entries, Entry } from './entry.ts';
import { LinkedAgents, LinkedKeys, LinkedSessions } from './linked.tsx';
import { FAMILY, STATES, titleOf } from './words.ts';

const HEALTH_MS = 5000;

const Exact = ({ text, what }: { readonly text: string; readonly what: string }) => (
  <span className="flex items-start gap-1">
    <code className="min-w-0 flex-1 select-all break-all font-mono text-small leading-6">{text}</code>
    <CopyButton text={text} what={what} />
  </span>
);

function At({ at, otherwise = 'never' }: { readonly at: string | null; readonly otherwise?: string }) {
  const now = useNow();
  return at ? <FullTime at={at} now={now} /> : <span className="text-faint">{otherwise}</span>;
}

/** The object that this one belongs to, in its own list. */
function Owner({
  view,
  id,
  text,
}: {
  readonly view: IdentityView;
  readonly id: string;
  readonly text: string;
}) {
  const { ui } = useStores();
  return (
    <Button
      kind="link"
      small
      className="-ml-2 max-w-full"
      onClick={() => ui.showIdentity(view, { search: id })}
    >
      <span className="truncate">{text}</span>
    </Button>
  );
}

const nobody = <span className="text-faint">nobody</span>;

const AccountFacts = ({ item }: { readonly item: Entries['accounts'] }) => (
  <>
    <Fact label="Role">{item.role}</Fact>
    <Fact label="Last used">
      <At at={item.lastUsedAt} />
    </Fact>
    <Fact label="Since">
      <At at={item.createdAt} />
    </Fact>
  </>
);

function Health({ id }: { readonly id: string }) {
  const { data } = useCall('identity.agent', { params: { id } }, { everyMs: HEALTH_MS });
  const health = data?.health;
  return (
    <Fact label="Health">
      {health ? (
        <>
          {formatRate(health.score)} of 100{' '}
          <span className="text-faint text-small">
            cadence {formatRate(health.cadence)}/35, challenges {formatRate(health.challenge)}/25, latency{' '}
            {formatRate(health.latency)}/20, chain {formatRate(health.chain)}/20, seen{' '}
            {formatRate(health.confidence * 100)} %
          </span>
        </>
      ) : (
        <span className="text-faint">{data ? 'no heartbeat yet' : 'being read'}</span>
      )}
    </Fact>
  );
}

const AgentFacts = ({ item }: { readonly item: Entries['agents'] }) => (
  <>
    <Fact label="Owner">
      {item.ownerId ? (
        <Owner view="accounts" id={item.ownerId} text={item.ownerEmail ?? item.ownerId} />
      ) : (
        nobody
      )}
    </Fact>
    <Fact label="Newest key">
      <code className="font-mono text-small">{item.displayPrefix}…</code>
    </Fact>
    <Fact label="Last used">
      <At at={item.lastUsedAt} />
    </Fact>
    <Fact label="Heartbeat">
      <At at={item.lastHeartbeatAt} />
    </Fact>
    <Health id={item.id} />
    <Fact label="Since">
      <At at={item.registeredAt} />
    </Fact>
    <Fact label="Claimed">
      <At at={item.claimedAt} otherwise="not yet" />
    </Fact>
  </>
);

const SessionFacts = ({ item }: { readonly item: Entries['sessions'] }) => (
  <>
    <Fact label="Account">
      <Owner view="accounts" id={item.accountId} text={item.email} />
    </Fact>
    <Fact label="Last used">
      <At at={item.lastUsedAt} />
    </Fact>
    <Fact label="Since">
      <At at={item.openedAt} />
    </Fact>
    <Fact label="Expires">
      <At at={item.expiresAt} />
    </Fact>
    {item.revokedAt ? (
      <Fact label="Revoked">
        <At at={item.revokedAt} /> by {item.revokedCause}
      </Fact>
    ) : null}
  </>
);

const KeyFacts = ({ item }: { readonly item: Entries['keys'] }) => (
  <>
    <Fact label="Family">{FAMILY[item.family]}</Fact>
    <Fact label="Name">{item.label}</Fact>
    <Fact label="Account">
      {item.accountId ? <Owner view="accounts" id={item.accountId} text={item.accountId} /> : nobody}
    </Fact>
    {item.agentId ? (
      <Fact label="Agent">
        <Owner view="agents" id={item.agentId} text={item.agentId} />
      </Fact>
    ) : null}
    <Fact label="Last used">
      {item.family === 'identity' ? (
        <span className="text-faint">not counted: others show it to the service</span>
      ) : (
        <At at={item.lastUsedAt} />
      )}
    </Fact>
    <Fact label="Since">
      <At at={item.createdAt} />
    </Fact>
    <Fact label="Expires">
      <At at={item.expiresAt} />
    </Fact>
    {item.revokedAt ? (
      <Fact label="Revoked">
        <At at={item.revokedAt} />
      </Fact>
    ) : null}
  </>
);

function FactsOf({ entry }: { readonly entry: Entry }) {
  if (entry.view === 'accounts') return <AccountFacts item={entry.item} />;
  if (entry.view === 'agents') return <AgentFacts item={entry.item} />;
  if (entry.view === 'sessions') return <SessionFacts item={entry.item} />;
  return <KeyFacts item={entry.item} />;
}

const stateOf = ({ view, item }: Entry) => {
  if (view === 'accounts') return STATES.accounts[item.state];
  if (view === 'agents') return STATES.agents[item.state];
  return view === 'sessions' ? STATES.sessions[item.state] : STATES.keys[item.state];
};

interface DetailProps {
  readonly entry: Entry;
  readonly enrolment: EnrolmentStatus | undefined;
  readonly onAct: (act: Act) => void;
  readonly onClose: () => void;
}

/** Everything about one entry, what belongs to it, and what may be done to it. */
export function EntryDetail({ entry, enrolment, onAct, onClose }: DetailProps) {
  const { ui } = useStores();
  const { view, item } = entry;
  const stolen = credentialOf(entry);
  return (
    <Drawer title={titleOf(entry)} label="Details" testId="identity-detail" onClose={onClose}>
      <div className="flex flex-col gap-4 px-4 py-2">
        <Facts>
          <Fact label="State">
            <State {...stateOf(entry)} />
          </Fact>
          <FactsOf entry={entry} />
          <Fact label="Id">
            <Exact text={item.id} what="the id" />
          </Fact>
        </Facts>
        <div className="flex flex-wrap gap-2">
          {actsOn(entry).map((act) => {
            const whyNot = act.pointless ?? whyNotSign(enrolment, act.route);
            return (
              <Button
                key={act.route}
                disabled={whyNot !== null}
                title={whyNot ?? undefined}
                onClick={() => onAct(act)}
              >
                {act.button}
              </Button>
            );
          })}
          {stolen ? (
            <Button onClick={() => ui.showIncidents({ tab: 'stolen', credential: stolen })}>
              Assume stolen
            </Button>
          ) : null}
          <Button kind="quiet" onClick={() => ui.showLedger({ text: item.id })}>
            Show in the ledger
          </Button>
        </div>
        {view === 'accounts' ? (
          <>
            <LinkedAgents account={item.id} />
            <LinkedSessions account={item.id} />
            <LinkedKeys account={item.id} />
          </>
        ) : null}
        {view === 'agents' ? <LinkedKeys agent={item.id} /> : null}
      </div>
    </Drawer>
  );
}
