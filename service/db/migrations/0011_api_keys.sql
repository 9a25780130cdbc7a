-- Inference keys (SPEC 1). The key itself is nowhere: its SHA-256 finds it, its display prefix names it.

CREATE TABLE api_keys (
  id                  text COLLATE "C" PRIMARY KEY
    CONSTRAINT api_keys_id_shape CHECK (id ~ '^key_[0-9a-hjkmnp-tv-z]{26}$'),
  label               text NOT NULL CONSTRAINT api_keys_label_is_short CHECK (length(label) BETWEEN 1 AND 64),
  key_hash            bytea NOT NULL CONSTRAINT api_keys_once UNIQUE
    CONSTRAINT api_keys_hash_is_sha256 CHECK (octet_length(key_hash) = 32),
  display_prefix      text NOT NULL
    CONSTRAINT api_keys_prefix_is_no_key CHECK (display_prefix ~ '^th_[A-Za-z0-9_-]{8}$'),
  requests_per_minute integer NOT NULL
    CONSTRAINT api_keys_rate_is_positive CHECK (requests_per_minute BETWEEN 1 AND 100000),
  created_at          timestamptz(3) NOT NULL,
  created_by          text NOT NULL,
  last_used_at        timestamptz(3),
  revoked_at          timestamptz(3),
  revoked_by          text,
  revoked_reason      text,
  CONSTRAINT api_keys_revoked_as_a_whole CHECK (
    (revoked_at IS NULL) = (revoked_reason IS NULL) AND (revoked_at IS NULL) = (revoked_by IS NULL)
  )
);
GRANT SELECT, INSERT ON api_keys TO api;
GRANT UPDATE (last_used_at, revoked_at, revoked_by, revoked_reason) ON api_keys TO api;

CREATE FUNCTION api_keys_stay_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'api_keys_stay_revoked',
    MESSAGE = 'a revoked key never comes back';
END
$$;
CREATE TRIGGER api_keys_stay_revoked BEFORE UPDATE OF revoked_at, revoked_by, revoked_reason ON api_keys
  FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION api_keys_stay_revoked();
