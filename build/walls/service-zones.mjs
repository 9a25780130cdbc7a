import { SHARED } from './shared-packages.mjs';

/** Any room of the service's domains; every one of them lies on these. */
const DOMAIN = ['service.gate', 'service.db', 'shared.http', 'shared.ledger', 'shared.money', 'shared.ids'];

/** The rooms of the service, as rows of `build/walls.mjs`. @type {Record<string, import('../walls.mjs').Zone>} */
export const SERVICE_ZONES = {
  'service.db': {
    at: ['service/db/'],
    zones: [
      ...[
        'shared.service',
        'shared.http',
        'shared.ledger',
        'shared.ids',
        'shared.market',
        'shared.boundaries',
      ],
    ],
    packages: ['pg', 'kysely', 'zod'],
    node: true,
  },
  // A database server that somebody else runs. Only the process that keeps the database knows it.
  'service.server': {
    at: ['service/db/server/'],
    zones: ['service.db', 'shared.service'],
    packages: ['pg'],
    node: true,
  },
  'service.gate': {
    at: ['service/gate/'],
    zones: ['shared.http', 'shared.ids', 'shared.ledger'],
    packages: ['fastify', 'fastify-type-provider-zod', '@fastify/*', 'zod'],
    node: true,
  },
  'service.limits': {
    at: ['service/limits/'],
    // Refusals enter the ledger as per-minute aggregates.
    zones: [...DOMAIN, 'service.ledger'],
    packages: ['fastify', 'kysely', 'ioredis', 'zod'],
    node: true,
  },
  // How an entry is sealed: all of the ledger that the scan plane needs.
  'service.seals': {
    at: ['mac', 'seal', 'entry-row', 'ledger-error'].map((name) => `service/ledger/${name}.ts`),
    zones: ['shared.ledger', 'shared.ids', 'shared.service'],
    node: true,
  },
  'service.ledger': {
    at: ['service/ledger/'],
    zones: [...DOMAIN, 'service.seals', 'shared.service'],
    packages: ['fastify', 'kysely', 'canonicalize', 'zod'],
    node: true,
  },
  // Proofs, exports and deep verification of the log. Apart from it, because its mutations are an operator's.
  'service.evidence': {
    at: ['service/evidence/'],
    zones: [...DOMAIN, 'service.seals', 'service.ledger', 'service.identity'],
    packages: ['fastify', 'kysely', 'zod', '@noble/*', '@scure/*'],
    node: true,
  },
  'service.identity': {
    at: ['service/identity/'],
    zones: [...DOMAIN, 'service.ledger', 'service.limits'],
    packages: ['fastify', 'kysely', 'jose', 'http-message-signatures', '@node-rs/argon2', ...SHARED],
    node: true,
  },
  // Wallets and holds. Rooms that spend call `holds.ts`; it knows none of them.
  'service.treasury': {
    at: ['service/treasury/'],
    zones: [...DOMAIN, 'service.ledger', 'service.identity'],
    packages: ['kysely'],
    node: true,
  },
  // The payer: it spends, so nobody but `app` may call it.
  'service.autonomy': {
    at: ['service/autonomy/'],
    zones: [...DOMAIN, 'service.ledger', 'service.identity', 'service.outbound', 'shared.service'],
    packages: ['fastify', 'kysely', 'undici', 'zod', '@scure/*', '@solana/kit', '@solana-program/token'],
    node: true,
  },
  // The way out: who may be connected to. It knows nobody.
  'service.outbound': { at: ['service/outbound/'], packages: ['undici', 'ipaddr.js'], node: true },
  // Provider secrets, routing, pricing and the generation gateway: the only room that speaks to providers.
  'service.tokenhall': {
    at: ['service/tokenhall/'],
    // Generations are paid by holds; settings name providers and their hosts.
    zones: [
      ...[...DOMAIN, 'service.ledger', 'service.identity', 'service.treasury', 'service.outbound'],
      ...['service.sealing', 'shared.service'],
    ],
    packages: ['fastify', 'kysely', 'undici', 'zod'],
    node: true,
  },
  // Authenticated encryption of records, for the rooms that keep some.
  'service.sealing': { at: ['service/sealing/'], node: true },
  // Where the environment's values come from, before anything else runs: it knows no room of the service.
  'service.secrets': {
    at: ['service/secrets/'],
    zones: ['service.gate', 'shared.http'],
    packages: ['@aws-sdk/client-secrets-manager', 'zod'],
    node: true,
  },
  'service.boundaries': {
    at: ['service/boundaries/'],
    // Containment revokes by the rooms' own hands; the payer's is handed in by `app`.
    zones: [
      ...[...DOMAIN, 'service.ledger', 'service.limits', 'service.identity'],
      // The webhook of alerts leaves by the way out.
      ...['shared.boundaries', 'shared.service', 'service.seals', 'service.outbound'],
    ],
    packages: ['fastify', 'kysely', 'zod'],
    node: true,
  },
  // Files for people outside: they read what the other rooms have, and write nothing.
  'service.reports': {
    at: ['service/reports/'],
    zones: [...DOMAIN, 'service.boundaries', 'service.evidence', 'shared.boundaries'],
    packages: ['@cantoo/pdf-lib', 'zod'],
    node: true,
  },
  // Attacks the running service from outside, so it knows no room of it.
  'service.probes': {
    at: ['service/probes/'],
    zones: ['service.db', 'shared.*'],
    packages: ['kysely', 'zod', '@scure/*', '@noble/*'],
    node: true,
  },
  // Brands, mint jobs, token codes and their exports. A worker process runs part of it alone.
  'service.minting': {
    at: ['service/minting/'],
    zones: [...DOMAIN, 'service.ledger', 'service.identity', 'service.sealing', 'shared.service'],
    packages: ['fastify', 'kysely', 'zod', 'qr', '@cantoo/pdf-lib', '@aws-sdk/client-s3', '@noble/*'],
    node: true,
  },
  // Bounties, claims, reviewers and rewards. Payouts are the treasury's.
  'service.market': {
    at: ['service/market/'],
    zones: [
      ...[...DOMAIN, 'shared.market', 'shared.service', 'service.seals'],
      ...['service.ledger', 'service.identity', 'service.treasury'],
    ],
    packages: ['kysely'],
    node: true,
  },
  // The scan plane: it may be reached by strangers, so it knows nothing worth stealing.
  'service.resolver': {
    at: ['service/resolver/'],
    zones: [...DOMAIN, 'service.limits', 'service.seals', 'service.process', 'shared.service'],
    packages: ['fastify', 'kysely', 'isbot', 'bowser', 'zod'],
    node: true,
  },
  // What every process of the service is made of: its port, its keys' arrival, its log, its jobs, its listeners.
  'service.process': {
    at: ['service/process/'],
    zones: ['service.gate', 'shared.service'],
    packages: ['fastify', 'pino'],
    node: true,
  },
  'service.app': {
    at: ['service/app/'],
    zones: [
      ...[
        'service.db',
        'service.server',
        'service.gate',
        'service.limits',
        'service.ledger',
        'service.identity',
        'service.process',
      ],
      ...['service.boundaries', 'service.evidence', 'service.autonomy', 'service.market', 'service.minting'],
      ...[
        'service.treasury',
        'service.secrets',
        'service.seals',
        'shared.money',
        'service.tokenhall',
        'shared.http',
      ],
      ...[
        'shared.ledger',
        'shared.ids',
        'shared.service',
        'manifest',
        'service.probes',
        'shared.boundaries',
        'service.reports',
      ],
    ],
    packages: ['fastify', 'fastify-type-provider-zod', '@fastify/*', 'pino', 'undici', 'ipaddr.js', 'zod'],
    node: true,
  },
};
