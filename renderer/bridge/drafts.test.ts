import { describe, expect, it, vi } from 'vitest';
import type { Draft } from '../../shared/ipc/drafts.ts';
import type { Bridge } from './bridge.ts';
import { Drafts } from './drafts.ts';
import { BridgeError } from './error.ts';

const typed = (label: string, subject = ''): Draft => ({ form: 'keys.create', subject, fields: { label } });

/** Main as a list of what it was asked; each question waits until the test answers it. */
function main(left: readonly Draft[] | Error = []) {
  const asked: { channel: string; request: unknown; answer: (isKept: boolean) => void }[] = [];
  const ask = ((channel: string, request: unknown) => {
    if (channel === 'drafts.list')
      return left instanceof Error ? Promise.reject(left) : Promise.resolve([...left]);
    return new Promise<null>((resolve, reject) => {
      asked.push({
        channel,
        request,
        answer: (isKept) => (isKept ? resolve(null) : reject(new BridgeError('invalid-payload', 'too long'))),
      });
    });
  }) as unknown as Bridge['ask'];
  return { drafts: new Drafts(ask), asked };
}

describe('typing', () => {
  it('is told at once, and while main has a question only the newest of each form waits', async () => {
    const { drafts, asked } = main();
    for (const label of ['c', 'ci', 'ci-', 'ci-r']) drafts.keep(typed(label));
    expect(asked.map(({ request }) => request)).toEqual([typed('c')]);
    asked[0]?.answer(true);
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    expect(asked[1]?.request).toEqual(typed('ci-r'));
    drafts.drop({ form: 'keys.create', subject: '' });
    asked[1]?.answer(true);
    await vi.waitFor(() => expect(asked).toHaveLength(3));
    expect(asked[2]).toMatchObject({ channel: 'drafts.drop', request: { form: 'keys.create' } });
  });

  it('that main refuses is said, until it is short enough again', async () => {
    const { drafts, asked } = main();
    const heard = vi.fn();
    drafts.subscribe(heard);
    drafts.keep(typed('too long'));
    asked[0]?.answer(false);
    await vi.waitFor(() => expect(drafts.refused().has('keys.create')).toBe(true));
    drafts.keep(typed('short'));
    asked[1]?.answer(true);
    await vi.waitFor(() => expect(drafts.refused().has('keys.create')).toBe(false));
    expect(heard).toHaveBeenCalledTimes(2);
  });

  it('about one thing does not come back for another, and putting that away leaves it', () => {
    const { drafts } = main();
    drafts.keep(typed('a', 'one'));
    expect(drafts.of({ form: 'keys.create', subject: 'two' })).toBeNull();
    drafts.drop({ form: 'keys.create', subject: 'two' });
    expect(drafts.of({ form: 'keys.create', subject: 'one' })).toEqual({ label: 'a' });
  });
});

describe('what a window before this one left', () => {
  it('is offered until its form is open or it is dropped', async () => {
    const left = [typed('ci'), { form: 'keys.revoke' as const, subject: 'k1', fields: { reason: 'seen' } }];
    const { drafts } = main(left);
    await drafts.load();
    expect(drafts.found()).toEqual(left);
    drafts.opened({ form: 'keys.revoke', subject: 'k2' });
    expect(drafts.found()).toEqual(left);
    drafts.opened({ form: 'keys.revoke', subject: 'k1' });
    expect(drafts.found()).toEqual([left[0]]);
    drafts.drop({ form: 'keys.create', subject: '' });
    expect(drafts.found()).toEqual([]);
    expect(drafts.of({ form: 'keys.revoke', subject: 'k1' })).toEqual({ reason: 'seen' });
  });

  it('does not take the place of what was typed before it was read, and is nothing where main does not answer', async () => {
    const { drafts } = main([typed('old')]);
    const loading = drafts.load();
    drafts.keep(typed('new'));
    await loading;
    expect(drafts.of({ form: 'keys.create', subject: '' })).toEqual({ label: 'new' });
    expect(drafts.found()).toEqual([]);
    const none = main(new BridgeError('locked', 'locked')).drafts;
    await none.load();
    expect(none.found()).toEqual([]);
  });
});
