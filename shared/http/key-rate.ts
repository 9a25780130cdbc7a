import { z } from 'zod';

/** Requests per minute: at least 1; above 100,000 a limit limits nothing on one instance. */
export const requestsPerMinute = z.number().int().min(1).max(100_000);
/** SPEC 5: of a key that is created without one, unless configuration says otherwise. */
export const DEFAULT_REQUESTS_PER_MINUTE = 60;
