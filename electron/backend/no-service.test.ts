import { describe, expect, it } from 'vitest';
import { noService } from './no-service.ts';

describe('a console behind the air gap', () => {
  it('starts no service at an unlock and none when it is asked to, and says so', async () => {
    const service = noService();
    service.unlocked();
    expect(service.status()).toEqual({ state: 'stopped', processes: [], api: null, resolver: null });
    expect(service.endpoint()).toBeNull();
    await expect(service.restart()).rejects.toMatchObject({ code: 'not-available' });
    await service.stop();
  });
});
