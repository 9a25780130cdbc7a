-- How many tokens of a job are in which state, without reading them all (SPEC 11). Neither index has an entry for a token as it is
-- minted, so minting pays nothing for them; issued tokens are what is left of the whole.

CREATE INDEX mint_tokens_voided ON mint_tokens (job_id) WHERE state = 'voided';
CREATE INDEX mint_tokens_activated ON mint_tokens (job_id) WHERE state = 'active' AND activation <> 'none';
