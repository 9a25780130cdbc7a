-- Payer sessions (SPEC 9): how long and how often the payer's key may sign. What has ended never changes again, whoever asks.

-- Which payer key the service runs with: a new row whenever it changes; no row at all is generation 0, no key. Two instances
-- that start with the same new key meet at the primary key, and the second one finds nothing left to do.
CREATE TABLE payer_key_generations (
  generation  integer PRIMARY KEY
    CONSTRAINT payer_key_generations_from_one CHECK (generation >= 1),
  -- SHA-256 of the public key, or null: the key was taken away.
  fingerprint bytea CONSTRAINT payer_key_generations_fingerprint_is_sha256 CHECK (octet_length(fingerprint) = 32),
  hydrated_at timestamptz(3) NOT NULL
);
GRANT SELECT, INSERT ON payer_key_generations TO api;

CREATE FUNCTION payer_key_generation() RETURNS integer LANGUAGE sql STABLE AS
  'SELECT coalesce(max(generation), 0) FROM payer_key_generations';
GRANT EXECUTE ON FUNCTION payer_key_generation() TO api;

CREATE TABLE payer_sessions (
  id                  text COLLATE "C" PRIMARY KEY
    CONSTRAINT payer_sessions_id_shape CHECK (id ~ '^pse_[0-9a-hjkmnp-tv-z]{26}$'),
  purpose             text NOT NULL CONSTRAINT payer_sessions_purpose_is_short CHECK (length(purpose) BETWEEN 1 AND 200),
  key_generation      integer NOT NULL,
  payer_key           bytea CONSTRAINT payer_sessions_payer_key_is_sha256 CHECK (octet_length(payer_key) = 32),
  state               text NOT NULL DEFAULT 'ACTIVE'
    CONSTRAINT payer_sessions_state_is_known CHECK (state IN ('ACTIVE', 'EXPIRED', 'EXHAUSTED', 'REVOKED')),
  signature_allowance integer NOT NULL
    CONSTRAINT payer_sessions_allowance_is_bounded CHECK (signature_allowance BETWEEN 1 AND 1000),
  signatures_used     integer NOT NULL DEFAULT 0
    CONSTRAINT payer_sessions_within_allowance CHECK (signatures_used BETWEEN 0 AND signature_allowance),
  issued_at           timestamptz(3) NOT NULL,
  issued_by           text NOT NULL,
  expires_at          timestamptz(3) NOT NULL,
  refreshed_at        timestamptz(3),
  last_signed_at      timestamptz(3),
  ended_at            timestamptz(3),
  ended_by            text,
  ended_reason        text,
  CONSTRAINT payer_sessions_exhausted_exactly_when_used_up
    CHECK ((state = 'EXHAUSTED') = (signatures_used = signature_allowance)),
  CONSTRAINT payer_sessions_signed_before_expiry CHECK (last_signed_at < expires_at),
  CONSTRAINT payer_sessions_expired_at_its_time CHECK (state <> 'EXPIRED' OR ended_at >= expires_at),
  CONSTRAINT payer_sessions_ended_as_a_whole CHECK (
    (state = 'ACTIVE') = (ended_at IS NULL) AND (state = 'ACTIVE') = (ended_by IS NULL)
    AND (state = 'REVOKED') = (ended_reason IS NOT NULL)
  )
);
CREATE INDEX payer_sessions_active_by_expiry ON payer_sessions (expires_at) WHERE state = 'ACTIVE';
GRANT SELECT ON payer_sessions TO api;
-- A session begins ACTIVE and unused: there is no right to begin it otherwise, nor to raise an allowance later.
GRANT INSERT (id, purpose, key_generation, payer_key, signature_allowance, issued_at, issued_by, expires_at)
  ON payer_sessions TO api;
GRANT UPDATE (state, signatures_used, expires_at, refreshed_at, last_signed_at, ended_at, ended_by, ended_reason)
  ON payer_sessions TO api;

CREATE FUNCTION payer_sessions_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  broken text;
BEGIN
  IF OLD.state <> 'ACTIVE' THEN
    broken := 'payer_sessions_ended_stay_ended';
  ELSIF NEW.signature_allowance <> OLD.signature_allowance OR NEW.key_generation <> OLD.key_generation
    OR NEW.payer_key IS DISTINCT FROM OLD.payer_key THEN
    broken := 'payer_sessions_keep_what_was_granted';
  ELSIF NEW.signatures_used NOT IN (OLD.signatures_used, OLD.signatures_used + 1) THEN
    broken := 'payer_sessions_count_one_by_one';
  -- Only a service that was restarted with another key can meet this: its predecessor is still running.
  ELSIF (NEW.signatures_used > OLD.signatures_used OR NEW.expires_at > OLD.expires_at)
    AND OLD.key_generation <> payer_key_generation() THEN
    broken := 'payer_sessions_belong_to_their_key';
  ELSIF NEW.expires_at < OLD.expires_at THEN
    broken := 'payer_sessions_are_only_prolonged';
  ELSIF NEW.expires_at > OLD.expires_at AND NOT coalesce(NEW.refreshed_at < OLD.expires_at, false) THEN
    broken := 'payer_sessions_refreshed_before_expiry';
  ELSE
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = broken,
    MESSAGE = 'a payer session cannot change like this';
END
$$;
CREATE TRIGGER payer_sessions_transition BEFORE UPDATE ON payer_sessions
  FOR EACH ROW EXECUTE FUNCTION payer_sessions_transition();
