import { useId, useState } from 'react';
import type { CustodyState } from '../../../shared/ipc/custody.ts';
import { Button } from '../../ui/button.tsx';
import { isSecretArn } from './iam-policy.ts';
import type { RunStep } from './use-custody.ts';

const FIELD = 'h-8 rounded-sm border border-line-strong bg-transparent px-2 text-small';

interface SealToAwsProps {
  readonly accessKeys: CustodyState['accessKeys'];
  readonly run: RunStep;
  readonly busy: boolean;
}

/** The third way for a key: into a secret at AWS. Which one is chosen here; the access key itself never comes to this page. */
export function SealToAws({ accessKeys, run, busy }: SealToAwsProps) {
  const id = useId();
  const [arn, setArn] = useState('');
  const [key, setKey] = useState('');
  const secret = arn.trim();
  const credentials = key || (accessKeys[0]?.item ?? '');
  const ready = isSecretArn(secret) && credentials !== '' && !busy;
  if (accessKeys.length === 0)
    return (
      <p className="py-3 text-body text-soft" data-testid="custody-to-aws">
        To send the key to AWS Secrets Manager, add an access key to the vault first: a provider secret with
        AWS_ACCESS_KEY_ID=… and AWS_SECRET_ACCESS_KEY=…, a line each.
      </p>
    );
  return (
    <form
      className="flex flex-wrap items-end gap-3 py-3"
      data-testid="custody-to-aws"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void run({ act: 'seal-aws', secret, credentials });
      }}
    >
      <label className="flex flex-col gap-1 text-small text-soft" htmlFor={`${id}-arn`}>
        Or the secret at AWS that it goes to
        <input
          id={`${id}-arn`}
          className={`${FIELD} w-[520px] font-mono`}
          placeholder="arn:aws:secretsmanager:…:secret:name-AbC123"
          aria-invalid={secret !== '' && !isSecretArn(secret)}
          value={arn}
          onChange={(event) => setArn(event.target.value)}
        />
      </label>
      <label className="flex flex-col gap-1 text-small text-soft" htmlFor={`${id}-key`}>
        Access key in the vault
        <select
          id={`${id}-key`}
          className={FIELD}
          value={credentials}
          onChange={(event) => setKey(event.target.value)}
        >
          {accessKeys.map(({ item, label }) => (
            <option key={item} value={item}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <Button type="submit" disabled={!ready}>
        Seal to AWS
      </Button>
    </form>
  );
}
