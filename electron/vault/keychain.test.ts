import { describe, expect, it } from 'vitest';
import { fakeKeychain } from '../../tests/fixtures/keychain.ts';
import { keychainProbe } from './keychain.ts';
import { KeychainRecords } from './keychain-records.ts';

const BOUND = { answerMs: 20 };

describe('keychainProbe', () => {
  it('calls a keychain that keeps what it is given a system keychain, and leaves nothing behind', async () => {
    const raw = fakeKeychain();
    expect((await keychainProbe(raw, BOUND)()).quality).toBe('system');
    expect(raw.entries.size).toBe(0);
  });

  it('calls it missing when there is no library, no daemon, or one that loses what it is given', async () => {
    const refusing = fakeKeychain();
    refusing.mood = 'refuses';
    const losing = { ...fakeKeychain(), getPassword: async () => null };
    for (const raw of [null, refusing, losing])
      expect((await keychainProbe(raw, BOUND)()).quality).toBe('missing');
  });

  it('calls a hung daemon missing within its time, and asks it nothing more', async () => {
    const raw = fakeKeychain();
    raw.mood = 'hangs';
    const probe = keychainProbe(raw, BOUND);
    expect((await probe()).quality).toBe('missing');
    expect((await probe()).quality).toBe('missing');
    expect(raw.calls).toBe(1);
  });

  it('uses a daemon again that answered late, as one does that asked its user for a password', async () => {
    const raw = fakeKeychain();
    let resolve = () => {};
    const promise = new Promise<void>((settle) => {
      resolve = settle;
    });
    let first = true;
    const setPassword = async (service: string, account: string, password: string) => {
      if (first) {
        first = false;
        await promise;
      }
      return raw.setPassword(service, account, password);
    };
    const probe = keychainProbe({ ...raw, setPassword }, BOUND);
    expect((await probe()).quality).toBe('missing');
    resolve();
    await expect.poll(async () => (await probe()).quality).toBe('system');
  });
});

describe('an attack on the keychain', () => {
  const attacked = async (raw: ReturnType<typeof fakeKeychain>) => {
    const records = new KeychainRecords(keychainProbe(raw, BOUND));
    await records.measure();
    return { records, attack: () => records.attack() };
  };

  it('finds one that holds, and leaves nothing behind', async () => {
    const raw = fakeKeychain();
    const { attack } = await attacked(raw);
    expect(await attack()).toEqual({ keeps: true, discerns: true, forgets: true });
    expect(raw.entries.size).toBe(0);
  });

  it('finds one that answers to any name, one that forgets nothing, and one that loses what it is given', async () => {
    const raw = fakeKeychain();
    const { attack } = await attacked(raw);
    const [get, remove] = [raw.getPassword, raw.deletePassword];
    raw.getPassword = async (service) =>
      [...raw.entries].find(([name]) => name.startsWith(service))?.[1] ?? null;
    expect(await attack()).toEqual({ keeps: true, discerns: false, forgets: true });
    raw.getPassword = get;
    raw.deletePassword = async () => true;
    expect(await attack()).toEqual({ keeps: true, discerns: true, forgets: false });
    raw.deletePassword = remove;
    raw.getPassword = async () => null;
    expect(await attack()).toEqual({ keeps: false, discerns: true, forgets: true });
  });

  /** Refuses to keep what it is given at these calls, counted from now. */
  const refusingAt = (raw: ReturnType<typeof fakeKeychain>, ...calls: number[]) => {
    const keep = raw.setPassword;
    let call = 0;
    raw.setPassword = async (...given) => {
      call += 1;
      if (calls.includes(call)) throw new Error('busy');
      return keep(...given);
    };
  };

  it('takes one hiccup for none, and the vault keeps its keychain', async () => {
    const raw = fakeKeychain();
    const { attack, records } = await attacked(raw);
    refusingAt(raw, 1);
    expect(await attack()).toEqual({ keeps: true, discerns: true, forgets: true });
    expect(records.usable).toBe(true);
    expect(raw.entries.size).toBe(0);
  });

  it('finds none that answers when it is measured, and fails each time that it is attacked', async () => {
    const raw = fakeKeychain();
    const { attack, records } = await attacked(raw);
    // The attack, then the measure in between, which it keeps, then the attack again.
    refusingAt(raw, 1, 3);
    expect(await attack()).toBeNull();
    expect(records.usable).toBe(false);
  });

  it('finds none where none answers any more, and one again when it is back', async () => {
    const raw = fakeKeychain();
    const { attack, records } = await attacked(raw);
    raw.mood = 'refuses';
    expect(await attack()).toBeNull();
    expect(records.usable).toBe(false);
    raw.mood = 'answers';
    expect(await attack()).toMatchObject({ keeps: true });
  });
});

describe('KeychainRecords', () => {
  it('hold nothing without a keychain', async () => {
    const records = new KeychainRecords(keychainProbe(null, BOUND));
    await records.measure();
    expect(records.usable).toBe(false);
    expect(await records.counterOf('v')).toBeNull();
  });

  it('stores half a key only when it comes back whole', async () => {
    const raw = fakeKeychain();
    const records = new KeychainRecords(keychainProbe(raw, BOUND));
    await records.measure();
    const half = Buffer.alloc(32, 5);
    await records.keepSecret('slot', half);
    expect((await records.secretOf('slot')).equals(half)).toBe(true);
    raw.mood = 'refuses';
    await expect(records.keepSecret('other', half)).rejects.toMatchObject({ code: 'keychain-missing' });
  });

  it('reads a counter that someone else wrote as none', async () => {
    const raw = fakeKeychain();
    const records = new KeychainRecords(keychainProbe(raw, BOUND));
    await records.measure();
    await records.keepCounter('v', 3, '/somewhere');
    expect(await records.counterOf('v')).toEqual({ generation: 3, directory: '/somewhere' });
    for (const value of ['', '7', '{"generation":-1,"directory":""}', '{'])
      raw.entries.set('Sallyport vault generation\nv', value);
    expect(await records.counterOf('v')).toBeNull();
    expect(await records.remembers('/somewhere')).toBe(false);
  });

  it('that stops answering is no keychain without a counter: it is said, and measured again', async () => {
    const raw = fakeKeychain();
    const records = new KeychainRecords(keychainProbe(raw, BOUND));
    await records.measure();
    await records.keepCounter('v', 3, '/somewhere');
    raw.mood = 'refuses';
    await expect(records.counterOf('v')).rejects.toMatchObject({ code: 'keychain-missing' });
    expect(records.usable).toBe(false);
    raw.mood = 'answers';
    await records.measure();
    expect(await records.counterOf('v')).toEqual({ generation: 3, directory: '/somewhere' });
  });
});
