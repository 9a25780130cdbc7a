import { useEffect, useState } from 'react';
import { APP_CONTRACTS } from '../../../shared/ipc/app.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useStores, useVault } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { Section } from '../../ui/section.tsx';

const schema = APP_CONTRACTS['vault.setIdleMinutes'].request;

/** After how long without a hand on it the vault locks. */
export function IdleMinutes() {
  const bridge = useBridge();
  const { vault } = useStores();
  const current = useVault().status?.idleMinutes;
  const [text, setText] = useState('');
  const { action, run } = useAction(async (minutes: number) => {
    const status = await bridge.ask('vault.setIdleMinutes', { minutes });
    vault.set(status, Date.now());
    return status;
  });
  useEffect(() => {
    if (current !== undefined) setText(String(current));
  }, [current]);
  const parsed = schema.safeParse({ minutes: text.trim() === '' ? Number.NaN : Number(text) });
  const changed = current !== undefined && text !== String(current);
  const wrong = changed && !parsed.success ? 'A whole number from 1 to 240.' : undefined;
  const failed = action.state === 'failed' ? action.error.message : undefined;
  return (
    <Section title="Lock">
      <form
        noValidate
        className="flex items-start gap-3 py-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (parsed.success) void run(parsed.data.minutes);
        }}
      >
        <div className="w-[280px]">
          <Field
            label="Lock after minutes without input"
            hint="Screen lock and suspend lock at once."
            error={wrong ?? failed}
          >
            {(aria) => (
              <Input
                {...aria}
                inputMode="numeric"
                value={text}
                disabled={current === undefined}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
        </div>
        <Button
          type="submit"
          className="mt-5"
          disabled={!changed || !parsed.success || action.state === 'running'}
        >
          Save
        </Button>
      </form>
    </Section>
  );
}
