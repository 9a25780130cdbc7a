/** `.invalid` is nobody's for ever (RFC 2606 section 2). */
const probeEmail = <Who extends string>(who: Who) => `${who}@probes.sallyport.invalid` as const;

/** The two accounts of the probes: one attacks, the other one is attacked. Neither ever has a credit. */
export const PROBE_EMAILS = { attacker: probeEmail('attacker'), victim: probeEmail('victim') } as const;
