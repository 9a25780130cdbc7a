-- What the Identity screen shows and revokes (SPEC 1): when a session, an agent's key or an identity token was last used or ended.

ALTER TABLE account_sessions ADD COLUMN last_used_at timestamptz(3);
GRANT UPDATE (last_used_at) ON account_sessions TO api;
CREATE INDEX account_sessions_by_account ON account_sessions (account_id, id);

-- A last use that is written a moment after the revocation is true all the same; everything else of a revoked session stays.
DROP TRIGGER account_sessions_stay_revoked ON account_sessions;
CREATE TRIGGER account_sessions_stay_revoked
  BEFORE UPDATE OF id, account_id, opened_at, expires_at, revoked_at, revoked_cause ON account_sessions
  FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION account_sessions_stay_revoked();

ALTER TABLE agent_keys ADD COLUMN last_used_at timestamptz(3);
GRANT UPDATE (last_used_at) ON agent_keys TO api;
CREATE INDEX agent_keys_by_agent ON agent_keys (agent_id, id);

-- The beginning of a token that was issued before cannot be known from its hash. It would live an hour: its agent issues another.
DELETE FROM identity_tokens;
ALTER TABLE identity_tokens
  ADD COLUMN id text COLLATE "C" NOT NULL CONSTRAINT identity_tokens_id_once UNIQUE
    CONSTRAINT identity_tokens_id_shape CHECK (id ~ '^idt_[0-9a-hjkmnp-tv-z]{26}$'),
  ADD COLUMN display_prefix text NOT NULL
    CONSTRAINT identity_tokens_prefix_is_no_token CHECK (display_prefix ~ '^tmid_[A-Za-z0-9_-]{8}$'),
  ADD COLUMN revoked_at timestamptz(3);
GRANT UPDATE (revoked_at) ON identity_tokens TO api;
CREATE INDEX identity_tokens_by_agent ON identity_tokens (agent_id, id);

CREATE FUNCTION identity_tokens_stay_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'identity_tokens_stay_revoked',
    MESSAGE = 'a revoked identity token never comes back';
END
$$;
CREATE TRIGGER identity_tokens_stay_revoked BEFORE UPDATE ON identity_tokens
  FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION identity_tokens_stay_revoked();
