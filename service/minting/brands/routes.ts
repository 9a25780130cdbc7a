import type { Brand, Member } from '../../../shared/http/brands.ts';
import type { RouteId } from '../../../shared/http/table.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import type { Database, Tx } from '../../db/database.ts';
import { isRefusedBy } from '../../db/database-error.ts';
import type { Handlers, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { cutPage, pageOf } from '../../identity/directory/page.ts';
import type { Done, Mutate, Stage } from '../../identity/mutation.ts';
import { requireNamed } from '../../identity/named.ts';
import { accountOf, countersignedBy, MAY_MANAGE, requireMember, requireRole } from '../member.ts';
import { accountNamed, countLookup, type NamedAccount, noAccount } from './lookup.ts';
import {
  type BrandRow,
  deleteMember,
  insertBrand,
  insertMember,
  listBrands,
  listMembers,
  lockBrand,
  type MemberRow,
  readBrand,
  readMember,
  writeRole,
} from './store.ts';

export interface BrandDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  random(bytes: number): Uint8Array;
}

type BrandHandlers = Pick<Handlers, Extract<keyof Handlers, `brands.${string}`>>;

const toBrand = ({ id, name, created_at, role }: BrandRow): Brand => ({
  ...{ id, name, role },
  createdAt: created_at.toISOString(),
});

const toMember = ({ account_id, role, added_at }: MemberRow): Member => ({
  accountId: account_id,
  role,
  addedAt: added_at.toISOString(),
});

const create =
  ({ mutate, random }: BrandDeps): BrandHandlers['brands.create'] =>
  ({ body }, ctx) =>
    mutate('brands.create', ctx, async (tx, stage) => {
      const at = ctx.now();
      const brand = { id: makeId('brand', random(10), at.getTime()), name: body.name, created_at: at };
      await insertBrand(tx, brand);
      await insertMember(tx, { brandId: brand.id, accountId: accountOf(ctx), role: 'owner', at });
      const about = { brandId: brand.id, name: brand.name, countersignedBy: countersignedBy(ctx) };
      const eventId = await stage('mint.brand-created', about);
      return {
        answer: { status: 201 as const, body: { brand: toBrand({ ...brand, role: 'owner' }), eventId } },
        subject: brand.id,
      };
    });

interface MemberAct {
  readonly tx: Tx;
  readonly stage: Stage;
  readonly brandId: string;
  /** Whom it is about. */
  readonly accountId: string;
  /** The same as a member, as it stands; undefined for one who is none. */
  readonly former: MemberRow | undefined;
}

interface ManageInput {
  readonly params: { readonly brand: string };
  readonly body: { readonly brandName: string } & NamedAccount;
}

/** An owner acts on one member of a brand, while nobody else does. Nobody else is told whether there is such an account. */
function manage<Id extends RouteId>(
  deps: BrandDeps,
  route: Id,
  { params, body }: ManageInput,
  ctx: RequestContext,
  act: (on: MemberAct) => Promise<Done<Id>>,
) {
  return deps.mutate(route, ctx, async (tx, stage) => {
    await lockBrand(tx, params.brand);
    const brand = requireMember(await readBrand(tx, params.brand, accountOf(ctx)), 'brand');
    requireRole(brand, MAY_MANAGE);
    requireNamed(brand.id, { brandName: body.brandName }, { brandName: brand.name });
    const accountId = await accountNamed(tx, body);
    const former = await readMember(tx, brand.id, accountId);
    return act({ tx, stage, brandId: brand.id, accountId, former }).catch((cause: unknown) => {
      if (!isRefusedBy(cause, 'brand_members_keep_an_owner')) throw cause;
      throw new HttpError('conflict', 'a brand keeps an owner; make somebody else its owner first', {
        cause,
      });
    });
  });
}

const isMember = (former: MemberRow | undefined): MemberRow => {
  if (!former) throw new HttpError('not_found', 'this account is no member of the brand');
  return former;
};

const addMember =
  (deps: BrandDeps): BrandHandlers['brands.addMember'] =>
  async (input, ctx) => {
    const { role, email } = input.body;
    // Counted before anything else is known: an attempt that fails is an attempt.
    if (email !== undefined) await countLookup(deps.db, accountOf(ctx), ctx.now());
    return manage(deps, 'brands.addMember', input, ctx, async ({ tx, stage, brandId, accountId, former }) => {
      if (former) throw new HttpError('conflict', `this account is already ${former.role} of the brand`);
      const at = ctx.now();
      await insertMember(tx, { brandId, accountId, role, at }).catch((cause: unknown) => {
        if (!isRefusedBy(cause, 'brand_members_account')) throw cause;
        throw noAccount(cause);
      });
      const eventId = await stage('mint.member-added', {
        ...{ brandId, accountId, role, countersignedBy: countersignedBy(ctx) },
      });
      const member = toMember({ account_id: accountId, role, added_at: at });
      return { answer: { status: 201 as const, body: { member, eventId } }, subject: accountId };
    });
  };

const changeRole =
  (deps: BrandDeps): BrandHandlers['brands.changeRole'] =>
  (input, ctx) =>
    manage(deps, 'brands.changeRole', input, ctx, async ({ tx, stage, brandId, accountId, former }) => {
      const { role } = input.body;
      const found = isMember(former);
      await writeRole(tx, brandId, accountId, role);
      const eventId = await stage('mint.member-changed', {
        ...{ brandId, accountId, former: found.role, role, countersignedBy: countersignedBy(ctx) },
      });
      return {
        answer: { status: 200 as const, body: { member: toMember({ ...found, role }), eventId } },
        subject: accountId,
      };
    });

const removeMember =
  (deps: BrandDeps): BrandHandlers['brands.removeMember'] =>
  (input, ctx) =>
    manage(deps, 'brands.removeMember', input, ctx, async ({ tx, stage, brandId, accountId, former }) => {
      const found = isMember(former);
      await deleteMember(tx, brandId, accountId);
      const eventId = await stage('mint.member-removed', {
        ...{ brandId, accountId, former: found.role, countersignedBy: countersignedBy(ctx) },
      });
      return { answer: { status: 200 as const, body: { eventId } }, subject: accountId };
    });

export const brandHandlers = (deps: BrandDeps): BrandHandlers => ({
  'brands.create': create(deps),
  'brands.list': async ({ query }, ctx) => {
    const rows = await listBrands(deps.db.kysely, accountOf(ctx), pageOf(query, 'brand'));
    const { page, nextCursor } = cutPage(rows, query.limit);
    return { status: 200, body: { brands: page.map(toBrand), nextCursor } };
  },
  'brands.get': async ({ params }, ctx) => {
    const brand = requireMember(await readBrand(deps.db.kysely, params.brand, accountOf(ctx)), 'brand');
    const members = await listMembers(deps.db.kysely, brand.id);
    return { status: 200, body: { brand: toBrand(brand), members: members.map(toMember) } };
  },
  'brands.addMember': addMember(deps),
  'brands.changeRole': changeRole(deps),
  'brands.removeMember': removeMember(deps),
});
