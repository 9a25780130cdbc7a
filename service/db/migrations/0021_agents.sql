-- Agents, the keys they call with, and the tokens with which they show who they are (SPEC 1, 2). Hashes only.

ALTER TABLE ledger_staged DROP CONSTRAINT ledger_staged_actor_is_known;
ALTER TABLE ledger_staged ADD CONSTRAINT ledger_staged_actor_is_known
  CHECK (actor_type IN ('operator', 'key', 'account', 'agent', 'system', 'stranger'));

-- The state is what has happened: registered, connected (first heartbeat), claimed. There is no way back.
CREATE TABLE agents (
  id                  text COLLATE "C" PRIMARY KEY
    CONSTRAINT agents_id_shape CHECK (id ~ '^agt_[0-9a-hjkmnp-tv-z]{26}$'),
  name                text NOT NULL CONSTRAINT agents_name_is_short CHECK (length(name) BETWEEN 1 AND 64),
  claim_code_hash     bytea NOT NULL CONSTRAINT agents_claim_code_once UNIQUE
    CONSTRAINT agents_claim_code_is_sha256 CHECK (octet_length(claim_code_hash) = 32),
  registered_at       timestamptz(3) NOT NULL,
  connected_at        timestamptz(3),
  owner_id            text COLLATE "C" CONSTRAINT agents_owner REFERENCES accounts (id),
  claimed_at          timestamptz(3),
  CONSTRAINT agents_claimed_as_a_whole CHECK ((owner_id IS NULL) = (claimed_at IS NULL))
);
CREATE INDEX agents_by_owner ON agents (owner_id, id) WHERE owner_id IS NOT NULL;
GRANT SELECT, INSERT ON agents TO api;
GRANT UPDATE (connected_at, owner_id, claimed_at) ON agents TO api;

CREATE FUNCTION agents_stay_claimed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'agents_stay_claimed',
    MESSAGE = 'a claim code is used once';
END
$$;
CREATE TRIGGER agents_stay_claimed BEFORE UPDATE OF owner_id, claimed_at ON agents
  FOR EACH ROW WHEN (OLD.owner_id IS NOT NULL) EXECUTE FUNCTION agents_stay_claimed();

CREATE TABLE agent_keys (
  id                  text COLLATE "C" PRIMARY KEY
    CONSTRAINT agent_keys_id_shape CHECK (id ~ '^key_[0-9a-hjkmnp-tv-z]{26}$'),
  agent_id            text COLLATE "C" NOT NULL CONSTRAINT agent_keys_agent REFERENCES agents (id),
  key_hash            bytea NOT NULL CONSTRAINT agent_keys_once UNIQUE
    CONSTRAINT agent_keys_hash_is_sha256 CHECK (octet_length(key_hash) = 32),
  display_prefix      text NOT NULL
    CONSTRAINT agent_keys_prefix_is_no_key CHECK (display_prefix ~ '^tokenmart_[A-Za-z0-9_-]{8}$'),
  requests_per_minute integer NOT NULL DEFAULT 60
    CONSTRAINT agent_keys_rate_is_positive CHECK (requests_per_minute BETWEEN 1 AND 100000),
  created_at          timestamptz(3) NOT NULL,
  revoked_at          timestamptz(3)
);
CREATE INDEX agent_keys_active ON agent_keys (agent_id) WHERE revoked_at IS NULL;
GRANT SELECT, INSERT ON agent_keys TO api;
GRANT UPDATE (revoked_at) ON agent_keys TO api;
CREATE TRIGGER agent_keys_stay_revoked BEFORE UPDATE OF revoked_at ON agent_keys
  FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION api_keys_stay_revoked();

CREATE TABLE identity_tokens (
  token_hash bytea CONSTRAINT identity_tokens_once PRIMARY KEY
    CONSTRAINT identity_tokens_hash_is_sha256 CHECK (octet_length(token_hash) = 32),
  agent_id   text COLLATE "C" NOT NULL CONSTRAINT identity_tokens_agent REFERENCES agents (id),
  issued_at  timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL
);
CREATE INDEX identity_tokens_by_expiry ON identity_tokens (expires_at);
GRANT SELECT, INSERT, DELETE ON identity_tokens TO api;
