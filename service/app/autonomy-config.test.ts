import { describe, expect, it } from 'vitest';
import { autonomySettings, DEFAULT_AUTONOMY } from '../../shared/service/autonomy-settings.ts';
import { readConfig } from './config.ts';

const MINT = '4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU';
const OTHER = 'So11111111111111111111111111111111111111112';
const read = (env: Record<string, string>) => readConfig(['--data', 'd'], env).api.autonomy;

describe('what the payer may do', () => {
  it('is nothing until somebody configures it', () => {
    expect(read({})).toEqual(DEFAULT_AUTONOMY);
    expect(DEFAULT_AUTONOMY).toMatchObject({ rpcUrl: null, hosts: [], recipients: [], assets: [] });
  });

  it('is read from lists', () => {
    const settings = read({
      AUTONOMY_HOSTS: 'data.example, data.example:8443',
      AUTONOMY_RECIPIENTS: OTHER,
      AUTONOMY_ASSETS: `${MINT}:6:2000:10000, ${OTHER}:9:1:1`,
      SOLANA_RPC_URL: 'https://rpc.example',
    });
    expect(settings).toEqual(
      autonomySettings.parse({
        ...{
          hosts: ['data.example', 'data.example:8443'],
          recipients: [OTHER],
          rpcUrl: 'https://rpc.example',
        },
        assets: [
          { mint: MINT, decimals: 6, mostPerPayment: '2000', mostPerDay: '10000' },
          { mint: OTHER, decimals: 9, mostPerPayment: '1', mostPerDay: '1' },
        ],
      }),
    );
  });

  it.each([
    ['AUTONOMY_ASSETS', `${MINT}:6:2000`],
    ['AUTONOMY_ASSETS', `${MINT}:6:2000:1e9`],
    ['AUTONOMY_ASSETS', `${MINT}:6:-1:10`],
    ['AUTONOMY_ASSETS', `${MINT}:6:1:1,${MINT}:6:2:2`],
    ['AUTONOMY_ASSETS', `${MINT}:6:1:1:1`],
    ['AUTONOMY_RECIPIENTS', '0OIl'],
    ['AUTONOMY_PRIVATE_NETWORKS', '10.0.0.0'],
    ['SOLANA_RPC_URL', 'rpc'],
    ['SOLANA_GENESIS_HASH', 'devnet'],
  ])('is not started with when %s is %s', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(name);
  });
});
