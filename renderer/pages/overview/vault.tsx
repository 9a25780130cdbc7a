import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import type { VaultStatus } from '../../../shared/ipc/vault.ts';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { KEYCHAIN, VAULT_TONE } from '../parts/tones.ts';

const PROTECTION = {
  'passphrase-and-keychain': { tone: 'ok', word: 'passphrase and keychain' },
  'passphrase-only': { tone: 'warn', word: 'passphrase only' },
} as const;

const RECOVERY = {
  code: { tone: 'ok', word: 'recovery code' },
  none: { tone: 'warn', word: 'none' },
} as const;

function Operator({ enrolment }: { readonly enrolment: EnrolmentStatus | undefined }) {
  if (!enrolment || enrolment.state === 'unknown') return <State tone="busy" word="not known yet" />;
  if (!enrolment.operator) return <State tone="idle" word="not enrolled" />;
  return <State tone="ok" word={`${enrolment.operator.name}, ${enrolment.operator.role}`} />;
}

interface VaultProps {
  readonly vault: VaultStatus;
  readonly enrolment: EnrolmentStatus | undefined;
}

/** The vault and what it rests on. Every weakness has a name here. */
export function Vault({ vault, enrolment }: VaultProps) {
  const protection = vault.protection ? PROTECTION[vault.protection] : null;
  return (
    <Section
      title="Vault and signer"
      testId="vault"
      aside={<State tone={VAULT_TONE[vault.state]} word={vault.state} />}
    >
      <Facts>
        <Fact label="Protection">
          {protection ? <State {...protection} /> : <State tone="absent" word="no slot" />}
        </Fact>
        <Fact label="Keychain">
          <State {...KEYCHAIN[vault.keychain]} />
        </Fact>
        <Fact label="Recovery">
          <State {...RECOVERY[vault.recovery]} />
        </Fact>
        <Fact label="Signs as">
          <Operator enrolment={enrolment} />
        </Fact>
        <Fact label="Locks after">{vault.idleMinutes} min idle, on screen lock and on suspend</Fact>
        {vault.warnings.map((warning) => (
          <Fact key={warning} label="Warning">
            <State tone="warn" word="" className="mr-1.5" />
            {warning}
          </Fact>
        ))}
      </Facts>
    </Section>
  );
}
