import type { VaultContents } from '../../../shared/ipc/vault.ts';
import { Button } from '../../ui/button.tsx';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import type { OpenTask } from './use-vault.ts';

/** The ways back when the passphrase is lost, and the drill that proves the paper. */
export function Recovery({ contents, open }: { contents: VaultContents; open: OpenTask }) {
  const shares = contents.slots.find(({ kind }) => kind === 'recovery-shares')?.shares ?? null;
  const hasCode = contents.slots.some(({ kind }) => kind === 'recovery');
  const actions = shares ? (
    <Button small onClick={() => void open({ task: 'drill' })}>
      Drill the shares
    </Button>
  ) : (
    <Button small onClick={() => void open({ task: 'shares' })}>
      Make shares
    </Button>
  );
  return (
    <Section title="Recovery" testId="vault-recovery" aside={actions}>
      <Facts>
        <Fact label="Recovery code">
          <State tone={hasCode ? 'ok' : 'warn'} word={hasCode ? 'on paper since it was shown' : 'none'} />
        </Fact>
        <Fact label="Recovery shares">
          {shares ? (
            <State tone="ok" word={`any ${shares.threshold} of ${shares.count} (set ${shares.set})`} />
          ) : (
            <State tone="idle" word="none: one lost paper is then one lost way back" />
          )}
        </Fact>
        <Fact label="Keys">
          <span className="flex gap-2">
            <Button small onClick={() => void open({ task: 'passphrase' })}>
              Change passphrase
            </Button>
            <Button small onClick={() => void open({ task: 'rekey' })}>
              {shares ? 'Re-key and end the shares' : 'Re-key'}
            </Button>
          </span>
        </Fact>
      </Facts>
    </Section>
  );
}
