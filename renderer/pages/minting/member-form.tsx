import { useState } from 'react';
import { EMAIL_MAX, email as emailShape } from '../../../shared/http/auth.ts';
import type { Brand, Member } from '../../../shared/http/brands.ts';
import { BRAND_ROLES, type BrandRole } from '../../../shared/http/minting.ts';
import { idOf } from '../../../shared/ids/ids.ts';
import { Field, Input, Select } from '../../ui/field.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { MAY, useCreateBrand, useSetMember } from './use-minting.ts';

interface FormProps {
  readonly blocked: string | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const ROLES = BRAND_ROLES.map((value) => ({ value, label: value }));

interface MemberProps extends FormProps {
  readonly brand: Brand;
  /** Whose role changes; null: an account is added. */
  readonly member: Member | null;
}

/** An account as it was typed: no identifier has an @, and every address has one. */
function accountTyped(typed: string): { accountId: string } | { email: string } | null {
  const text = typed.trim();
  if (idOf('account').safeParse(text).success) return { accountId: text };
  return emailShape.safeParse(text).success ? { email: text } : null;
}

/** Adds an account to a brand, or changes what a member may do in it. */
export function MemberForm({ brand, member, blocked, onClose, onDone }: MemberProps) {
  const [typed, setTyped] = useState(member?.accountId ?? '');
  const [role, setRole] = useState<BrandRole>(member?.role ?? 'member');
  const { action, run } = useSetMember();
  const account = accountTyped(typed);
  const input = { params: { brand: brand.id }, body: { brandName: brand.name, ...account, role } };
  const route = member ? 'brands.changeRole' : 'brands.addMember';
  const isSame = member?.role === role;
  if (action.state === 'done')
    return (
      <SignedDone title={member ? 'Role changed' : 'Member added'} testId="member-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">
          <span className="font-mono">{action.value.body.member.accountId}</span> as {role}: {MAY[role]}
        </p>
      </SignedDone>
    );
  return (
    <SignedForm
      {...{ blocked, action, onClose }}
      title={member ? 'Change the role of a member' : `Add a member to ${brand.name}`}
      description="What a role allows is decided by the service at every request."
      testId="member-form"
      onSign={account && !isSame ? () => run(route, input) : null}
      onAttempted={onDone}
      sign={member ? 'Sign and change' : 'Sign and add'}
      summary={<SigningSummary route={route} {...input} />}
    >
      {({ touched, running }) => (
        <div className="flex flex-col gap-3 px-5">
          <Field
            label="Account"
            hint={
              member
                ? 'Its identifier.'
                : 'Its identifier, acc_…, or its e-mail address. Addresses can be tried some times an hour.'
            }
            error={
              touched && !account
                ? 'An account is named by acc_ and 26 characters, or by an e-mail address.'
                : undefined
            }
          >
            {(aria) => (
              <Input
                {...aria}
                autoFocus={member === null}
                className="w-full font-mono"
                value={typed}
                maxLength={EMAIL_MAX}
                disabled={running || member !== null}
                onChange={(event) => setTyped(event.target.value)}
              />
            )}
          </Field>
          <Field
            label="Role"
            hint={MAY[role]}
            error={touched && isSame ? `The account is ${role} already.` : undefined}
          >
            {(aria) => (
              <Select
                {...aria}
                value={role}
                disabled={running}
                options={ROLES}
                onValue={(value) => setRole(value as BrandRole)}
              />
            )}
          </Field>
        </div>
      )}
    </SignedForm>
  );
}

interface CreateProps extends FormProps {
  readonly onCreated: (brandId: string) => void;
}

/** Creates a brand. Whoever is signed in becomes its owner. */
export function CreateBrand({ blocked, onClose, onDone, onCreated }: CreateProps) {
  const [typed, setTyped] = useState('');
  const { action, run } = useCreateBrand();
  const name = typed.trim();
  const close = () => {
    if (action.state === 'done') onCreated(action.value.body.brand.id);
    onClose();
  };
  if (action.state === 'done')
    return (
      <SignedDone title="Brand created" testId="brand-done" onClose={close}>
        <p className="px-5 py-4 text-body">You are the owner of {name}. Order a batch, or add members.</p>
      </SignedDone>
    );
  return (
    <SignedForm
      {...{ blocked, action }}
      title="Create a brand"
      description="The member who is signed in becomes its owner."
      testId="brand-form"
      onSign={name === '' ? null : () => run(name)}
      onAttempted={onDone}
      onClose={close}
      sign="Sign and create"
      summary={<SigningSummary route="brands.create" body={{ name }} />}
    >
      {({ touched, running }) => (
        <div className="px-5">
          <Field
            label="Name"
            hint="Whoever scans a token reads it."
            error={touched && name === '' ? 'Name the brand.' : undefined}
          >
            {(aria) => (
              <Input
                {...aria}
                autoFocus
                value={typed}
                maxLength={64}
                disabled={running}
                onChange={(event) => setTyped(event.target.value)}
              />
            )}
          </Field>
        </div>
      )}
    </SignedForm>
  );
}
