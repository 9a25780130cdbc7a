import { cardFor } from '../../../shared/http/card.ts';
import { type RouteId, routeOf } from '../../../shared/http/table.ts';
import type { BridgeError } from '../../bridge/error.ts';
import type { Action } from '../../bridge/use-action.ts';
import { Banner } from '../../ui/message.tsx';
import { Fact, Facts } from '../../ui/section.tsx';

interface SummaryProps {
  readonly route: RouteId;
  /** Values of the path's `:name` parameters. */
  readonly params?: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The path with its parameters filled in, as the signed target ends. */
const pathOf = (route: RouteId, params: Readonly<Record<string, string>>): string =>
  routeOf(route).path.replace(/:([a-zA-Z]+)/g, (_, name: string) => params[name] ?? `:${name}`);

/** The facts of what will be signed, under their heading. */
export const SummaryOf = ({ children }: { readonly children: React.ReactNode }) => (
  <section aria-label="What will be signed" data-testid="signing-summary" className="bg-canvas px-5 py-2">
    <h3 className="pt-1 font-medium text-faint text-small">What will be signed</h3>
    <Facts>{children}</Facts>
  </section>
);

/**
 * What will be signed, decoded by the same function as the card of the trusted window. That window, not this screen, is
 * what counts: it shows the bytes that are signed.
 */
export function SigningSummary({ route, params = {}, body }: SummaryProps) {
  const path = pathOf(route, params);
  const card = cardFor(route, path, new TextEncoder().encode(JSON.stringify(body)));
  return (
    <SummaryOf>
      <Fact label="Action">{card.title}</Fact>
      <Fact label="Effect">{card.effect}</Fact>
      <Fact label="Request">
        <code className="break-all font-mono text-small">
          {card.method} {path}
        </code>
      </Fact>
      {card.fields.map((field) => (
        <Fact key={field.label} label={field.label}>
          <span className="break-words font-mono text-small">{field.value === '' ? '—' : field.value}</span>
        </Fact>
      ))}
    </SummaryOf>
  );
}

const outcomeOf = (error: BridgeError): { tone: 'warn' | 'bad'; text: string } =>
  error.code === 'declined'
    ? { tone: 'warn', text: 'You declined in the signing window. Nothing was sent.' }
    : { tone: 'bad', text: error.message };

/** Where a signed action stands: waiting in the trusted window, declined, or failed and why. */
export function SigningOutcome({ action }: { readonly action: Action<unknown> }) {
  if (action.state === 'running') {
    return (
      <Banner tone="info" testId="signing-waiting">
        Waiting for your decision in the signing window. Compare the card there with this summary, then sign
        or decline.
      </Banner>
    );
  }
  if (action.state !== 'failed') return null;
  const { tone, text } = outcomeOf(action.error);
  return (
    <Banner tone={tone} role="alert" testId={`signing-${action.error.code}`}>
      {text}
      {action.error.requestId ? (
        <span className="mt-0.5 block font-mono text-faint text-small">{action.error.requestId}</span>
      ) : null}
    </Banner>
  );
}
