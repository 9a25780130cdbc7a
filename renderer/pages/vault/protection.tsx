import type { VaultContents, VaultSlot, VaultStatus } from '../../../shared/ipc/vault.ts';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { KEYCHAIN, VAULT_TONE } from '../parts/tones.ts';

const SLOTS: Readonly<Record<VaultSlot['kind'], { tone: 'ok' | 'warn'; word: string }>> = {
  'passphrase+keychain': { tone: 'ok', word: 'passphrase and keychain' },
  'passphrase-only': { tone: 'warn', word: 'passphrase only: whoever copies the file can guess at it' },
  recovery: { tone: 'ok', word: 'recovery code' },
  'recovery-shares': { tone: 'ok', word: 'recovery shares' },
};

function costOf({ argon2 }: VaultSlot): string {
  return argon2 ? `Argon2id ${argon2.memoryMib} MiB, ${argon2.passes} passes, ${argon2.lanes} lanes` : '';
}

function Freshness({ generation, counter }: Pick<VaultContents, 'generation' | 'counter'>) {
  if (counter === null)
    return <State tone="warn" word="no counter: an older copy put in its place would go unnoticed" />;
  if (counter === generation) return <State tone="ok" word={`${counter}, as in the keychain`} />;
  return <State tone="warn" word={`the keychain remembers ${counter}`} />;
}

/** What the vault rests on; every weakness has its name here. */
export function Protection({ contents, status }: { contents: VaultContents; status: VaultStatus | null }) {
  const now = useNow();
  return (
    <Section
      title="Protection"
      testId="vault-protection"
      aside={status ? <State tone={VAULT_TONE[status.state]} word={status.state} /> : null}
    >
      <Facts>
        {contents.slots.map((slot) => (
          <Fact key={slot.kind} label="Opens with">
            <State {...SLOTS[slot.kind]} />{' '}
            <span className="text-faint text-small">
              {slot.shares
                ? `${slot.shares.threshold} of ${slot.shares.count}, set ${slot.shares.set}`
                : costOf(slot)}
            </span>
          </Fact>
        ))}
        {status ? (
          <Fact label="Keychain">
            <State {...KEYCHAIN[status.keychain]} />
          </Fact>
        ) : null}
        <Fact label="Generation">{contents.generation}</Fact>
        <Fact label="Rollback counter">
          <Freshness generation={contents.generation} counter={contents.counter} />
        </Fact>
        <Fact label="Last written">
          <RelativeTime at={contents.writtenAt} now={now} />
        </Fact>
        {status?.warnings.map((warning) => (
          <Fact key={warning} label="Warning">
            <State tone="warn" word={warning} />
          </Fact>
        ))}
      </Facts>
    </Section>
  );
}
