/** `.invalid` is nobody's for ever (RFC 2606 section 2). */
export const PROBE_DOMAIN = 'probes.sallyport.invalid';
const probeEmail = <Who extends string>(who: Who) => `${who}@${PROBE_DOMAIN}` as const;

/** The two accounts of the probes: one attacks, the other one is attacked. Neither ever has a credit. */
export const PROBE_EMAILS = { attacker: probeEmail('attacker'), victim: probeEmail('victim') } as const;
