import { describe, expect, it } from 'vitest';
import { APP_CONTRACTS } from '../../shared/ipc/app.ts';
import {
  DRAFT_FIELD_MAX,
  DRAFT_FIELDS,
  DRAFT_FORMS,
  DRAFT_MAX,
  type Draft,
} from '../../shared/ipc/drafts.ts';
import { draftsHandlers } from '../ipc/drafts.handlers.ts';
import { createGate } from '../ipc/gate.ts';
import { createDrafts } from './drafts.ts';

const page = { contentsId: 7, frame: { url: 'app://sallyport/index.html', isMain: true } };
const TYPED: Draft = { form: 'keys.create', subject: '', fields: { label: 'ci-runner', limit: '90' } };

function door() {
  const drafts = createDrafts();
  const state = { isUnlocked: true, contentsId: 7 };
  const gate = createGate({
    contracts: {
      'drafts.list': APP_CONTRACTS['drafts.list'],
      'drafts.keep': APP_CONTRACTS['drafts.keep'],
      'drafts.drop': APP_CONTRACTS['drafts.drop'],
    },
    handlers: draftsHandlers({ drafts }),
    appContentsId: () => state.contentsId,
    isUnlocked: () => state.isUnlocked,
    newRequestId: () => 'req',
    log: () => undefined,
  });
  const ask = (channel: string, payload?: unknown, contentsId = state.contentsId) =>
    gate({ ...page, contentsId }, channel, payload);
  /** What the console does at a lock and at the next unlock, as far as drafts go. */
  const lock = (): void => {
    state.isUnlocked = false;
    drafts.forget();
  };
  const unlock = (): void => {
    state.isUnlocked = true;
  };
  return { ask, lock, unlock, drafts, state };
}

const kept = async (t: ReturnType<typeof door>) => {
  const answer = await t.ask('drafts.list');
  return answer.ok ? answer.value : answer.error.code;
};

describe('what is typed into a form', () => {
  it('is there for the window that takes the place of one that died, the newest typing of each form', async () => {
    const t = door();
    await t.ask('drafts.keep', TYPED);
    await t.ask('drafts.keep', { ...TYPED, fields: { label: 'ci-runner-2', limit: '90' } });
    t.state.contentsId = 8;
    expect(await kept(t)).toEqual([{ ...TYPED, fields: { label: 'ci-runner-2', limit: '90' } }]);
    expect(await t.ask('drafts.drop', { form: 'keys.create' })).toMatchObject({ ok: true });
    expect(await kept(t)).toEqual([]);
  });

  it('is gone after a lock, and nothing is kept or told while it is locked', async () => {
    const t = door();
    await t.ask('drafts.keep', TYPED);
    t.lock();
    expect(await kept(t)).toBe('locked');
    expect(await t.ask('drafts.keep', TYPED)).toMatchObject({ error: { code: 'locked' } });
    t.unlock();
    expect(await kept(t)).toEqual([]);
  });

  it('is told to no window but the application’s own', async () => {
    const t = door();
    await t.ask('drafts.keep', TYPED);
    expect(await t.ask('drafts.list', undefined, 9)).toMatchObject({ error: { code: 'unknown-sender' } });
  });
});

describe('a page that wants main to keep something else', () => {
  const refused = { error: { code: 'invalid-payload' } };

  it('is refused a form that nobody knows, a field that the form has not, and anything beside them', async () => {
    const t = door();
    for (const wrong of [
      { ...TYPED, form: 'keys.steal' },
      { ...TYPED, form: 'toString' },
      { ...TYPED, fields: { label: 'a', note: 'b' } },
      { ...TYPED, fields: { constructor: 'b' } },
      { ...TYPED, more: 1 },
      { ...TYPED, fields: { label: { a: 'nested' } } },
      { ...TYPED, subject: 's'.repeat(121) },
    ])
      expect(await t.ask('drafts.keep', wrong), JSON.stringify(wrong)).toMatchObject(refused);
    expect(await t.ask('drafts.drop', { form: 'keys.steal' })).toMatchObject(refused);
    expect(await kept(t)).toEqual([]);
  });

  it('is refused what is too long, and what was kept before stays', async () => {
    const t = door();
    await t.ask('drafts.keep', TYPED);
    const long = {
      form: 'minting.submit',
      subject: '',
      fields: { description: 'd'.repeat(DRAFT_FIELD_MAX + 1) },
    };
    expect(await t.ask('drafts.keep', long)).toMatchObject(refused);
    const name = 'n'.repeat(DRAFT_FIELD_MAX);
    const both = { batchName: name, productName: name };
    expect(await t.ask('drafts.keep', { ...long, fields: { ...both, url: 'x' } })).toMatchObject(refused);
    expect(await t.ask('drafts.keep', { ...long, fields: both })).toMatchObject({ ok: true });
    expect(await kept(t)).toMatchObject([{ form: 'keys.create' }, { form: 'minting.submit' }]);
  });

  it('cannot make it hold more than one draft a form, each no longer than the contract says', async () => {
    const t = door();
    for (let n = 0; n < 50; n += 1)
      for (const form of DRAFT_FORMS)
        await t.ask('drafts.keep', {
          form,
          subject: String(n),
          fields: { [DRAFT_FIELDS[form][0]]: 'x'.repeat(DRAFT_FIELD_MAX) },
        });
    const all = t.drafts.list();
    expect(all).toHaveLength(DRAFT_FORMS.length);
    for (const { fields } of all)
      expect(Object.values(fields).join('').length).toBeLessThanOrEqual(DRAFT_MAX);
  });
});

describe('secrets', () => {
  it('have no field that is kept, by the name of any', () => {
    const names = DRAFT_FORMS.flatMap((form): readonly string[] => DRAFT_FIELDS[form]);
    expect(names.filter((name) => /secret|material|pass|token|code|key|share|pin/i.test(name))).toEqual([]);
    expect(DRAFT_FIELDS['providers.store-secret']).toEqual(['provider']);
    expect(DRAFT_FORMS.filter((form) => form.includes('webhook'))).toEqual([]);
  });
});
