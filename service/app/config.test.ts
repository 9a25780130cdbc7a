import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_AUTONOMY } from '../../shared/service/autonomy-settings.ts';
import { DEFAULT_MARKET } from '../../shared/service/market-settings.ts';
import { DEFAULT_TOKENHALL } from '../../shared/service/tokenhall-settings.ts';
import { DEFAULT_WEBHOOK } from '../../shared/service/webhook-settings.ts';
import { selfSigned } from '../../tests/fixtures/certificate.ts';
import { readConfig, USAGE, VARIABLES } from './config.ts';

const ROOT = Buffer.alloc(32, 3).toString('base64url');
const PRODUCTION = {
  SALLYPORT_ENV: 'production',
  SALLYPORT_ROOT_KEY: ROOT,
  ADMIN_API_KEY: 'k'.repeat(32),
  TRUSTED_PROXIES: '10.0.0.1, 10.1.0.0/16',
  SALLYPORT_ADMIN_ORIGIN: 'https://admin.example',
};
const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'settings-invalid', message: expect.stringMatching(message) });

describe('defaults', () => {
  it('are development on loopback, signatures required, both planes on one port', () => {
    expect(readConfig(['--data', 'somewhere'], {})).toEqual({
      dataDir: resolve('somewhere'),
      environment: 'development',
      rootKey: undefined,
      adminKey: undefined,
      facilitatorSecret: undefined,
      secretRoots: undefined,
      binaries: undefined,
      redisUrl: undefined,
      exportStorage: undefined,
      resolver: {
        ...{ listen: { host: '127.0.0.1', port: 0 }, limit: { limit: 30, windowSeconds: 10 } },
        ...{ trustedProxies: [], strictTransport: false },
      },
      api: {
        api: { host: '127.0.0.1', port: 0 },
        admin: null,
        adminSignatures: 'required',
        trustedProxies: [],
        allowedOrigins: [],
        limits: { ip: { limit: 30, windowSeconds: 10 }, operator: { limit: 300, windowSeconds: 60 } },
        identity: {
          ...{ accessSeconds: 900, refreshSeconds: 2_592_000, identitySeconds: 3_600 },
          password: { memoryKib: 65_536, passes: 3, lanes: 1 },
          keyRequestsPerMinute: 60,
          heartbeat: { limit: 4, windowSeconds: 60 },
        },
        tokenhall: DEFAULT_TOKENHALL,
        market: DEFAULT_MARKET,
        autonomy: DEFAULT_AUTONOMY,
        webhook: DEFAULT_WEBHOOK,
        exports: {},
        keepScansDays: 90,
      },
    });
  });

  it('hold for a variable that is empty', () => {
    expect(readConfig(['--data', 'd'], { SALLYPORT_ENV: '', ADMIN_API_KEY: '' }).environment).toBe(
      'development',
    );
  });
});

describe('providers', () => {
  const read = (env: Record<string, string>) => readConfig(['--data', 'd'], env).api.tokenhall;

  it('are where configuration says, on hosts and networks that it allows', () => {
    const found = read({
      TOKENHALL_OPENAI_URL: 'http://127.0.0.1:9/v1',
      TOKENHALL_ALLOWED_HOSTS: '127.0.0.1:9, api.anthropic.com',
      TOKENHALL_PRIVATE_NETWORKS: '127.0.0.0/8',
      TOKENHALL_BODY_BYTES: '4096',
    });
    expect(found).toMatchObject({
      baseUrls: { openai: 'http://127.0.0.1:9/v1', anthropic: DEFAULT_TOKENHALL.baseUrls.anthropic },
      allowedHosts: ['127.0.0.1:9', 'api.anthropic.com'],
      privateNetworks: ['127.0.0.0/8'],
      bodyBytes: 4096,
    });
  });

  it.each([
    { TOKENHALL_OPENAI_URL: 'nonsense' },
    { TOKENHALL_PRIVATE_NETWORKS: 'everything' },
    { TOKENHALL_BODY_BYTES: '12' },
  ])('are not anything: %j', (env) => {
    expect(() => read(env)).toThrow(expect.objectContaining({ code: 'settings-invalid' }));
  });
});

describe('the webhook of alerts', () => {
  const read = (networks: string) =>
    readConfig(['--data', 'd'], { WEBHOOK_PRIVATE_NETWORKS: networks }).api.webhook;

  it('may go to the private networks that are named, and to no nonsense', () => {
    expect(read('10.1.0.0/16, fd00::/8').privateNetworks).toEqual(['10.1.0.0/16', 'fd00::/8']);
    expect(() => read('10.1.0.0')).toThrow(expect.objectContaining({ code: 'settings-invalid' }));
  });

  it('believes the authority of a file, and no file of anything else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-ca-'));
    const path = join(folder, 'ca.pem');
    const ca = (text: string | null) => {
      if (text !== null) writeFileSync(path, text);
      return readConfig(['--data', 'd'], { WEBHOOK_CA_FILE: path }).api.webhook.ca;
    };
    const { cert, key } = selfSigned('localhost');
    try {
      expect(() => ca(null)).toThrow(expect.objectContaining({ code: 'settings-invalid' }));
      expect(ca(`of the office\n${cert}`)).toBe(cert.trim());
      const damaged = cert.replace(/\n[A-Za-z0-9+/]{8}/, '\n????????');
      for (const wrong of ['', 'nonsense', damaged, key, `${cert}${key}`])
        expect(() => ca(wrong), wrong).toThrow(expect.objectContaining({ code: 'settings-invalid' }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('arguments and environment', () => {
  it('are read', () => {
    const config = readConfig(['--data', '/d', '--port', '8080', '--admin-port', '8081'], {
      ...PRODUCTION,
      SALLYPORT_LIMIT_IP: '5000/10',
      ALLOWED_ORIGINS: 'https://a.example,https://b.example,',
    });
    expect(config).toMatchObject({
      environment: 'production',
      rootKey: ROOT,
      api: {
        api: { host: '127.0.0.1', port: 8080 },
        admin: { host: '127.0.0.1', port: 8081, origin: 'https://admin.example' },
        trustedProxies: ['10.0.0.1', '10.1.0.0/16'],
        allowedOrigins: ['https://a.example', 'https://b.example'],
        limits: { ip: { limit: 5000, windowSeconds: 10 } },
      },
    });
  });

  it.each([
    'redis://127.0.0.1:6379',
    'rediss://user:pass@redis.example/2',
    '/run/redis.sock',
    'redis://a:1, redis://b:2',
  ])('may name Redis as %s', (url) => {
    expect(readConfig(['--data', 'd'], { REDIS_URL: url }).redisUrl).toBe(url);
  });

  it.each([
    [['--port', '1'], {}, /--data is missing/],
    [['--data', 'd', '--port', '70000'], {}, /--port must be a port number/],
    [['--data', 'd', '--port', 'http'], {}, /--port must be a port number/],
    [['--data', 'd', '--sport', '1'], {}, /sport/],
    [['--data', 'd', 'extra'], {}, /extra/],
    [['--data', 'd'], { SALLYPORT_ENV: 'prod' }, /SALLYPORT_ENV must be development or production/],
    [['--data', 'd'], { ADMIN_SIGNATURES: 'no' }, /ADMIN_SIGNATURES must be required or optional/],
    [['--data', 'd'], { SALLYPORT_LIMIT_IP: '0/10' }, /SALLYPORT_LIMIT_IP must be LIMIT\/SECONDS/],
    [['--data', 'd'], { SECRETS_PROVIDER: 'vault' }, /SECRETS_PROVIDER must be env or aws/],
    [['--data', 'd'], { PHANTOM_WALLET_PUBLIC_KEY: 'x' }, /two halves of one key: set both/],
    [
      ['--data', 'd'],
      { PHANTOM_WALLET_PUBLIC_KEY: 'x', PHANTOM_SESSION_PRIVATE_KEY: 'x' },
      /PHANTOM_SESSION_PRIVATE_KEY.*base58/,
    ],
    [['--data', 'd'], { FACILITATOR_SECRET: 'short' }, /FACILITATOR_SECRET must have 32 to 256/],
    [['--data', 'd'], { FACILITATOR_SECRET: `${'x'.repeat(32)} ` }, /FACILITATOR_SECRET must have 32 to 256/],
    [['--data', 'd'], { FACILITATOR_SECRET: `th_${'x'.repeat(43)}` }, /must not begin like a key/],
    [
      ['--data', 'd'],
      { FACILITATOR_SECRET: 'x'.repeat(32), ADMIN_API_KEY: 'x'.repeat(32) },
      /must not be the ADMIN_API_KEY/,
    ],
    [['--data', 'd'], { SALLYPORT_SECRET_ROOTS: ROOT }, /SALLYPORT_SECRET_ROOTS must be VERSION:KEY/],
    [['--data', 'd'], { SALLYPORT_SECRET_ROOTS: `2:${ROOT},2:${ROOT}` }, /every version once/],
    [['--data', 'd'], { SALLYPORT_SECRET_ROOTS: `0:${ROOT}` }, /SALLYPORT_SECRET_ROOTS/],
    [['--data', 'd'], { SALLYPORT_SECRET_ROOTS: `2:${ROOT}:x` }, /SALLYPORT_SECRET_ROOTS/],
    [['--data', 'd'], { SALLYPORT_SECRET_ROOTS: `2:${ROOT.slice(1)}` }, /SALLYPORT_SECRET_ROOTS/],
    [['--data', 'd'], { REDIS_URL: 'http://127.0.0.1' }, /REDIS_URL must be redis:/],
    [['--data', 'd'], { REDIS_URL: 'redis://a,/run/redis.sock' }, /REDIS_URL must be redis:/],
  ])('are refused with a sentence: %j %j', (argv, env, message) => {
    expect(() => readConfig(argv, env)).toThrow(invalid(message));
  });

  it('give roots of provider secrets by version', () => {
    const other = Buffer.alloc(32, 4).toString('base64url');
    const given = readConfig(['--data', 'd'], { SALLYPORT_SECRET_ROOTS: `1:${ROOT}, 2:${other}` });
    expect(given.secretRoots).toEqual({ 1: ROOT, 2: other });
  });

  it('are refused all at once', () => {
    expect(() => readConfig(['--data', 'd'], { SALLYPORT_ENV: 'x', ADMIN_SIGNATURES: 'y' })).toThrow(
      invalid(/SALLYPORT_ENV.*\n.*ADMIN_SIGNATURES/),
    );
  });

  it('never show the value of a secret', () => {
    const secret = 'not-a-key-but-still-secret';
    const read = () =>
      readConfig(['--data', 'd'], {
        SALLYPORT_ROOT_KEY: secret,
        ADMIN_API_KEY: secret,
        SALLYPORT_SECRET_ROOTS: `1:${secret}`,
        REDIS_URL: `http://:${secret}@127.0.0.1`,
      });
    expect(read).toThrow(expect.objectContaining({ message: expect.not.stringContaining(secret) }));
  });
});

describe('production', () => {
  const args = ['--data', 'd', '--port', '1', '--admin-port', '2'];

  it('starts with everything configured', () => {
    expect(readConfig(args, PRODUCTION).environment).toBe('production');
  });

  it.each(Object.keys(PRODUCTION).filter((name) => name !== 'SALLYPORT_ENV'))(
    'refuses to start without %s',
    (name) => {
      expect(() => readConfig(args, { ...PRODUCTION, [name]: undefined })).toThrow(invalid(new RegExp(name)));
    },
  );

  it('refuses weak settings', () => {
    expect(() => readConfig(args, { ...PRODUCTION, ADMIN_SIGNATURES: 'optional' })).toThrow(
      invalid(/development only/),
    );
    const plain = { ...PRODUCTION, SALLYPORT_ADMIN_ORIGIN: 'http://admin.example' };
    expect(() => readConfig(args, plain)).toThrow(invalid(/https origin/));
    expect(() => readConfig(['--data', 'd'], PRODUCTION)).toThrow(invalid(/--admin-port/));
  });

  it('redirects to an https origin and to nothing else', () => {
    const at = (origin: string) => readConfig(args, { ...PRODUCTION, SALLYPORT_PUBLIC_ORIGIN: origin });
    expect(at('https://api.example:8443').api.api).toMatchObject({ origin: 'https://api.example:8443' });
    for (const origin of [
      'http://api.example',
      'https://api.example/',
      'https://api.example/x',
      'api.example',
    ])
      expect(() => at(origin), origin).toThrow(invalid(/SALLYPORT_PUBLIC_ORIGIN/));
  });
});

describe('every variable that is read', () => {
  const sorted = [...VARIABLES].sort();

  it('has its row in docs/CONFIGURATION.md, and there are no other rows', () => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'CONFIGURATION.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
    expect(rows.sort()).toEqual(sorted);
  });

  it('is named by the usage text, and no other is', () => {
    const named = USAGE.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? [];
    expect([...new Set(named)].sort()).toEqual(sorted);
  });
});
