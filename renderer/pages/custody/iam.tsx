import { useId, useState } from 'react';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { IAM_ROLES, type IamRole, isSecretArn, leastPrivilege, lintPolicy } from './iam-policy.ts';

const WORDS: Readonly<Record<IamRole, string>> = {
  service: 'The service: it reads the secret',
  importer: 'Whoever imports: it writes the secret',
};
const FIELD = 'rounded-sm border border-line-strong bg-transparent px-2 text-small';

function Findings({ findings }: { readonly findings: readonly string[] }) {
  if (findings.length === 0) return <State tone="ok" word="Least privilege: nothing to take away" />;
  return (
    <ul className="flex flex-col gap-1 text-body" data-testid="custody-iam-findings">
      {findings.map((finding) => (
        <li key={finding} className="flex items-baseline gap-2">
          <State tone="bad" word="fix" />
          {finding}
        </li>
      ))}
    </ul>
  );
}

/** The least that a role needs at the secrets manager, and what is wrong with the policy in use. Nothing of it is sent anywhere. */
export function IamPolicy() {
  const id = useId();
  const [arn, setArn] = useState('');
  const [role, setRole] = useState<IamRole>('service');
  const [pasted, setPasted] = useState('');
  const known = isSecretArn(arn.trim());
  return (
    <Section title="Access to the secret at AWS" testId="custody-iam">
      <div className="flex flex-wrap items-end gap-3 py-3">
        <label className="flex flex-col gap-1 text-small text-soft" htmlFor={`${id}-arn`}>
          ARN of the secret
          <input
            id={`${id}-arn`}
            className={`${FIELD} h-8 w-[520px] font-mono`}
            placeholder="arn:aws:secretsmanager:…:secret:name-AbC123"
            value={arn}
            onChange={(event) => setArn(event.target.value)}
          />
        </label>
        <label className="flex flex-col gap-1 text-small text-soft" htmlFor={`${id}-role`}>
          Role
          <select
            id={`${id}-role`}
            className={`${FIELD} h-8`}
            value={role}
            onChange={(event) => setRole(IAM_ROLES.find((one) => one === event.target.value) ?? 'service')}
          >
            {IAM_ROLES.map((one) => (
              <option key={one} value={one}>
                {WORDS[one]}
              </option>
            ))}
          </select>
        </label>
      </div>
      {known ? (
        <div className="flex flex-col gap-3 pb-3">
          <pre
            className="overflow-x-auto bg-canvas p-3 font-mono text-small"
            data-testid="custody-iam-policy"
          >
            {leastPrivilege(role, arn.trim())}
          </pre>
          <label className="flex flex-col gap-1 text-small text-soft" htmlFor={`${id}-pasted`}>
            Policy in use
            <textarea
              id={`${id}-pasted`}
              className={`${FIELD} py-1 font-mono`}
              rows={6}
              value={pasted}
              onChange={(event) => setPasted(event.target.value)}
            />
          </label>
          {pasted.trim() === '' ? null : <Findings findings={lintPolicy(pasted, role, arn.trim())} />}
        </div>
      ) : (
        <p className="pb-3 text-body text-soft">
          Give the whole ARN, with the six characters at its end. Without them it fits other secrets too.
        </p>
      )}
    </Section>
  );
}
