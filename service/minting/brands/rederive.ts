import { derive } from '../../ledger/derive.ts';
import { everyBrand, everyMember } from './states.store.ts';

/** Brands: their names, which every scan shows. */
export const brandStates = derive<{ readonly name: string }>({
  domain: 'brands',
  tables: ['brands'],
  stored: async function* (tx) {
    for await (const { id, name } of everyBrand(tx)) yield [id, { name }];
  },
  steps: { 'mint.brand-created': (told, { brandId, name }) => told.is(brandId, { name }) },
});

const memberOf = ({ brandId, accountId }: { readonly brandId: string; readonly accountId: string }) =>
  `${brandId} ${accountId}`;

/** Members of brands: who may mint decides what is genuine. */
export const memberStates = derive<{ readonly role: string }>({
  domain: 'brand members',
  tables: ['brand_members'],
  stored: async function* (tx) {
    for await (const { id, role } of everyMember(tx)) yield [id, { role }];
  },
  steps: {
    // Whoever creates a brand is its first owner.
    'mint.brand-created': (told, { brandId }, { actor: accountId }) =>
      told.is(memberOf({ brandId, accountId }), { role: 'owner' }),
    'mint.member-added': (told, member) => told.is(memberOf(member), { role: member.role }),
    'mint.member-changed': (told, member) => told.is(memberOf(member), { role: member.role }),
    'mint.member-removed': (told, member) => told.isGone(memberOf(member)),
  },
});
