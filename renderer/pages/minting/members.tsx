import { useMemo, useState } from 'react';
import type { Brand, Member } from '../../../shared/http/brands.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { type Act, ActDialog } from './act.tsx';
import { MemberForm } from './member-form.tsx';
import { MAY, useBrand, whyNotManage } from './use-minting.ts';

const removalOf = (brand: Brand, { accountId, role }: Member): Act => ({
  ...{ route: 'brands.removeMember', params: { brand: brand.id } },
  body: { brandName: brand.name, accountId },
  title: `Remove ${accountId}`,
  says: `The ${role} loses all access to this brand at once. What it ordered stays.`,
  ...{ sign: 'Sign and remove', danger: true },
});

const DATA: Column<Member>[] = [
  { id: 'account', header: 'Account', accessorFn: (m) => m.accountId, meta: { className: 'font-mono' } },
  { id: 'role', header: 'Role', accessorFn: (m) => m.role },
  {
    ...{ id: 'may', header: 'May', enableSorting: false },
    cell: ({ row }) => <span className="text-small text-soft">{MAY[row.original.role]}</span>,
  },
  { id: 'since', header: 'Since (UTC)', accessorFn: (m) => m.addedAt },
];

interface RowActs {
  readonly whyNot: (member: Member) => string | null;
  readonly onRole: (member: Member) => void;
  readonly onRemove: (member: Member) => void;
}

const columnsFor = ({ whyNot, onRole, onRemove }: RowActs): Column<Member>[] => [
  ...DATA,
  {
    id: 'act',
    header: () => <span className="sr-only">Actions</span>,
    enableSorting: false,
    meta: { className: 'text-right whitespace-nowrap' },
    cell: ({ row: { original } }) => {
      const reason = whyNot(original);
      const about = { small: true, disabled: reason !== null, title: reason ?? undefined };
      return (
        <span className="inline-flex gap-2">
          <Button
            {...about}
            aria-label={`Change the role of ${original.accountId}`}
            onClick={() => onRole(original)}
          >
            Change role
          </Button>
          <Button {...about} aria-label={`Remove ${original.accountId}`} onClick={() => onRemove(original)}>
            Remove
          </Button>
        </span>
      );
    },
  },
];

type Asked = { readonly kind: 'add' } | { readonly kind: 'role' | 'remove'; readonly member: Member };

/** Who belongs to a brand and as what; an owner changes it, and everybody sees why not more. */
export function Members({ brand }: { readonly brand: Brand }) {
  const remote = useBrand(brand.id);
  const enrolment = useEnrolment().data;
  const [asked, setAsked] = useState<Asked | null>(null);
  const whyNot = whyNotManage(brand.role);
  const owners = remote.data?.members.filter(({ role }) => role === 'owner').length ?? 0;
  const columns = useMemo(
    () =>
      columnsFor({
        whyNot: ({ role }) =>
          whyNot ??
          (role === 'owner' && owners === 1
            ? 'A brand keeps an owner. Make somebody else its owner first.'
            : null),
        onRole: (member) => setAsked({ kind: 'role', member }),
        onRemove: (member) => setAsked({ kind: 'remove', member }),
      }),
    [whyNot, owners],
  );
  const ends = { onClose: () => setAsked(null), onDone: remote.retry };
  const add = (
    <Button
      small
      disabled={whyNot !== null}
      title={whyNot ?? undefined}
      onClick={() => setAsked({ kind: 'add' })}
    >
      Add a member
    </Button>
  );
  return (
    <Section title="Members" aside={add} testId="members">
      {whyNot ? <p className="py-2 text-small text-soft">{whyNot}</p> : null}
      <RemoteValue
        remote={remote}
        what="the members"
        skeleton={<SkeletonRows rows={2} waitingFor="the members" />}
      >
        {({ members }) => (
          <DataTable
            label="Members"
            rows={members}
            columns={columns}
            rowId={(m) => m.accountId}
            rowTestId="member-row"
          />
        )}
      </RemoteValue>
      {asked?.kind === 'remove' ? (
        <ActDialog
          act={removalOf(brand, asked.member)}
          blocked={whyNotSign(enrolment, 'brands.removeMember')}
          {...ends}
        />
      ) : null}
      {asked && asked.kind !== 'remove' ? (
        <MemberForm
          brand={brand}
          member={asked.kind === 'role' ? asked.member : null}
          blocked={whyNotSign(enrolment, asked.kind === 'role' ? 'brands.changeRole' : 'brands.addMember')}
          {...ends}
        />
      ) : null}
    </Section>
  );
}
