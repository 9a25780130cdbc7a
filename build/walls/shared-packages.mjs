/** What `shared/` may stand on: validation and mathematics, the same in every runtime. */
export const SHARED = ['zod', '@noble/*', '@scure/*', 'canonicalize'];
