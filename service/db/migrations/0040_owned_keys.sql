-- Keys of accounts (SPEC 1): `thm_` keys that manage keys, and `th_` keys that spend from the wallet of their account, or of one
-- of its agents. A key without an account is one that an operator made for nobody.

-- So that a key can name an agent and its owner together.
ALTER TABLE agents ADD CONSTRAINT agents_with_owner UNIQUE (id, owner_id);

ALTER TABLE api_keys
  ADD COLUMN family text NOT NULL DEFAULT 'inference'
    CONSTRAINT api_keys_family_is_known CHECK (family IN ('inference', 'management')),
  ADD COLUMN account_id text COLLATE "C" CONSTRAINT api_keys_account REFERENCES accounts (id),
  ADD COLUMN agent_id text COLLATE "C",
  -- Units of 1e-8 credit. Null: no limit of its own.
  ADD COLUMN spend_limit bigint CONSTRAINT api_keys_spend_limit_is_natural CHECK (spend_limit >= 0),
  ADD COLUMN expires_at timestamptz(3) CONSTRAINT api_keys_expire_after_creation CHECK (expires_at > created_at),
  DROP CONSTRAINT api_keys_prefix_is_no_key,
  ADD CONSTRAINT api_keys_prefix_is_no_key CHECK (display_prefix ~ '^thm?_[A-Za-z0-9_-]{8}$'),
  ADD CONSTRAINT api_keys_prefix_says_family CHECK ((family = 'management') = (display_prefix LIKE 'thm\_%')),
  ADD CONSTRAINT api_keys_agent_has_account CHECK (agent_id IS NULL OR account_id IS NOT NULL),
  -- An agent that nobody has claimed has no keys, and an account gives keys to its own agents only.
  ADD CONSTRAINT api_keys_agent_is_the_accounts FOREIGN KEY (agent_id, account_id) REFERENCES agents (id, owner_id),
  ADD CONSTRAINT api_keys_management_is_an_accounts
    CHECK (family = 'inference' OR (account_id IS NOT NULL AND agent_id IS NULL AND spend_limit IS NULL));
ALTER TABLE api_keys ALTER COLUMN family DROP DEFAULT;

CREATE INDEX api_keys_by_account ON api_keys (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX api_keys_active_by_agent ON api_keys (agent_id) WHERE agent_id IS NOT NULL AND revoked_at IS NULL;
GRANT UPDATE (label, spend_limit) ON api_keys TO api;

-- A revoked key is a record: nothing that it was allowed changes any more, in whatever column somebody tries.
DROP TRIGGER api_keys_stay_revoked ON api_keys;
CREATE TRIGGER api_keys_stay_revoked
  BEFORE UPDATE OF revoked_at, revoked_by, revoked_reason, label, requests_per_minute, spend_limit ON api_keys
  FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION api_keys_stay_revoked();
