import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminRefusal } from './admin.ts';
import { Generations, stockSimulatedProvider } from './generations.ts';
import { SIMULATED_MODELS, type SimulatedProvider, startSimulatedProvider } from './provider.ts';
import { newTally } from './tally.ts';

let provider: SimulatedProvider;
beforeAll(async () => {
  provider = await startSimulatedProvider(0);
});
afterAll(() => provider.close());

const ask = (body: object, path = '/chat/completions') =>
  fetch(`${provider.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
const messages = [{ role: 'user', content: 'count' }];
const steady = SIMULATED_MODELS.steady;

describe('the simulated provider', () => {
  it('answers whole, with usage, and says what it is in the head and in the words', async () => {
    const answer = await ask({ model: steady, messages });
    expect(answer.headers.get('server')).toBe('sallyport-simulated-provider');
    const { choices, usage } = await answer.json();
    expect(choices[0].message.content).toContain('made by the simulator');
    expect(usage.completion_tokens).toBe(choices[0].message.content.trim().split(' ').length);
  });

  it('streams, and keeps to the most tokens that it may say', async () => {
    const text = await (await ask({ model: steady, messages, stream: true, max_tokens: 3 })).text();
    expect(text.match(/"content":/g)).toHaveLength(3);
    expect(text).toContain('"completion_tokens":3');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('fails on purpose with one model, and only then', async () => {
    const model = SIMULATED_MODELS.flaky;
    const statuses: number[] = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await ask({ model, messages, max_tokens: 1 })).status);
    expect(statuses).toEqual([200, 200, 500]);
  });

  it.each([
    ['a model of another name', { model: 'gpt-4o', messages }, '/chat/completions'],
    ['another path', { model: steady, messages }, '/embeddings'],
    ['no question', { model: steady }, '/chat/completions'],
  ])('has no answer for %s', async (_what, body, path) => {
    expect((await ask(body, path)).status).toBe(404);
  });

  it('says in a sentence that its port is taken', async () => {
    const taken = Number(new URL(provider.url).port);
    await expect(startSimulatedProvider(taken)).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('an agent that generates', () => {
  const agent = { id: 'agt_1', wallet: 'tma_1', key: 'tokenmart_k', isClaimed: true };
  const errand = { type: 'generate', person: 1, stream: true, flaky: false } as const;
  const none = { status: 200, retryAfterSeconds: null };

  it('has one key of its own wallet, and another when that is revoked', async () => {
    const asked: string[] = [];
    let revoked = false;
    const tally = newTally();
    const generations = new Generations({
      tally,
      people: { agentOf: () => agent, known: () => ({ email: '', session: 's', spentRefresh: null }) },
      ask: async (_person, path, token) => {
        asked.push(`${path.split('/').at(-1)} ${token}`);
        if (path === '/api/v1/keys') return { ...none, status: 201, body: { secret: `th_${asked.length}` } };
        return { ...none, status: revoked ? 401 : 200, body: null };
      },
    });
    await generations.run(errand);
    await generations.run(errand);
    revoked = true;
    await generations.run(errand);
    revoked = false;
    await generations.run(errand);
    expect(asked).toEqual(['keys s', ...Array(3).fill('completions th_1'), 'keys s', 'completions th_5']);
    expect(tally.played.generations).toBe(3);
  });

  it('does nothing for a provider that the operator may not set up, and the summary says why', async () => {
    const tally = newTally();
    const refused = () => Promise.reject(new AdminRefusal('forbidden', 403, 'not your role', 0));
    expect(await stockSimulatedProvider({ keepProviderKey: refused, setPrice: refused }, tally)).toBe(false);
    expect(tally.skipped.get('generations')).toContain('not your role');
  });
});
