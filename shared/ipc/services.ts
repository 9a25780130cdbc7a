import { z } from 'zod';

/** Which service a console is on. `simulated` is a remote one that its owner says no real client uses. */
const serviceKind = z.enum(['bundled', 'remote', 'simulated']);
export type ServiceKind = z.infer<typeof serviceKind>;

/** How the console stands towards the service it is on; `ready` of the bundled one, whose processes have states of their own. */
const connectionState = z.enum([
  'ready',
  'connecting',
  'connected',
  'offline',
  'refused',
  'pin-changed',
  'missing',
  'locked',
]);
export type ConnectionState = z.infer<typeof connectionState>;

/** What a page may know of the service that it shows: no token, no key, no pin. */
export const connection = z.object({
  /** Null for the bundled service. */
  id: z.uuid().nullable(),
  kind: serviceKind,
  name: z.string(),
  host: z.string().nullable(),
  state: connectionState,
  /** What is wrong, and what to do. */
  problem: z.string().nullable(),
});
export type Connection = z.infer<typeof connection>;

const serviceProfile = z.object({
  id: z.uuid(),
  kind: serviceKind,
  name: z.string(),
  /** Null where the item was renamed by hand. */
  host: z.string().nullable(),
});
export type ServiceProfile = z.infer<typeof serviceProfile>;

export const servicesReport = z.object({ connection, profiles: z.array(serviceProfile) });
export type ServicesReport = z.infer<typeof servicesReport>;

/** Null asks for the bundled service. */
export const connectRequest = z.strictObject({ id: z.uuid().nullable() });
export type ConnectRequest = z.infer<typeof connectRequest>;

export const profileRequest = z.strictObject({ id: z.uuid() });
export type ProfileRequest = z.infer<typeof profileRequest>;
