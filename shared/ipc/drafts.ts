import { z } from 'zod';

/**
 * Forms whose typing outlives the page's own process, with the fields of each that do. A field that may hold a secret is not listed,
 * and what is not listed is refused: not the secret of a provider, and not the address of a webhook, which some receivers put a token in.
 */
export const DRAFT_FIELDS = {
  'autonomy.add-task': ['url', 'value', 'cost', 'freshness', 'sessionId', 'asset'],
  'autonomy.revoke-session': ['reason'],
  'autonomy.switch': ['reason'],
  'autonomy.task': ['reason'],
  'freeze.lift': ['reason'],
  'freeze.order': ['reason'],
  'identity.act': ['reason'],
  'incidents.canary': ['label', 'family'],
  'incidents.contain': ['reason'],
  'incidents.hand-over': ['note'],
  'incidents.move': ['reason'],
  'incidents.note': ['note'],
  'incidents.order': ['reason', 'days', 'runs'],
  'incidents.release': ['reason'],
  'incidents.revoke-order': ['reason'],
  'incidents.rotate-ledger-key': ['reason'],
  'keys.create': ['label', 'limit'],
  'keys.revoke': ['reason'],
  'minting.act': ['reason'],
  'minting.submit': [
    ...['batchName', 'quantity', 'serialPattern', 'firstNumber', 'productName', 'gtin', 'description', 'url'],
    'activation',
  ],
  'operators.enrol': ['name'],
  'operators.invite': ['name', 'role'],
  'operators.revoke': ['reason'],
  'operators.withdraw': ['reason'],
  'providers.store-secret': ['provider'],
  'reviews.flag': ['agent', 'other', 'reason'],
  'treasury.grant': ['from', 'to', 'amount', 'reason'],
  'treasury.transfer': ['from', 'to', 'amount', 'reason'],
  'wallets.freeze': ['reason'],
  'wallets.unfreeze': ['reason'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type DraftForm = keyof typeof DRAFT_FIELDS;
export const DRAFT_FORMS = Object.keys(DRAFT_FIELDS) as DraftForm[];

/** The longest field of a form is a note of 4000 characters. */
export const DRAFT_FIELD_MAX = 4000;
/** Of all fields of one form. With one draft a form, main keeps no more than this times the number of forms. */
export const DRAFT_MAX = 8000;

const isKept = (of: DraftForm, name: string): boolean =>
  (DRAFT_FIELDS[of] as readonly string[]).includes(name);

const form = z.enum(DRAFT_FORMS as [DraftForm, ...DraftForm[]]);

/** What was typed into one form and not sent. Attacker-controlled like everything of a page: main stores it and reads none of it. */
export const draft = z
  .strictObject({
    form,
    /** What the form is about, an id for instance: a draft comes back to that and to nothing else. Empty where there is one form only. */
    subject: z.string().max(120),
    fields: z.record(z.string().max(40), z.string().max(DRAFT_FIELD_MAX)),
  })
  .refine(
    ({ form: of, fields }) => Object.keys(fields).every((name) => isKept(of, name)),
    'a field that is not kept',
  )
  .refine(({ fields }) => Object.values(fields).join('').length <= DRAFT_MAX, 'too long');
export type Draft = z.infer<typeof draft>;

export const draftRequest = z.strictObject({ form });
export type DraftRequest = z.infer<typeof draftRequest>;
