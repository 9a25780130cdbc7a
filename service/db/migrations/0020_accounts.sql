-- Accounts, their sessions and the keys that sign access tokens (SPEC 1). No row holds a usable credential: passwords are
-- Argon2id hashes, refresh tokens SHA-256, and of a signing key only its public thumbprint is here.

ALTER TABLE ledger_staged DROP CONSTRAINT ledger_staged_actor_is_known;
ALTER TABLE ledger_staged ADD CONSTRAINT ledger_staged_actor_is_known
  CHECK (actor_type IN ('operator', 'key', 'account', 'system', 'stranger'));

CREATE TABLE accounts (
  id            text COLLATE "C" PRIMARY KEY
    CONSTRAINT accounts_id_shape CHECK (id ~ '^acc_[0-9a-hjkmnp-tv-z]{26}$'),
  -- As it was typed, for its owner; found by its normalised form only.
  email         text NOT NULL CONSTRAINT accounts_email_is_short CHECK (length(email) BETWEEN 3 AND 254),
  email_key     text COLLATE "C" NOT NULL CONSTRAINT accounts_email_once UNIQUE
    CONSTRAINT accounts_email_key_is_short CHECK (length(email_key) BETWEEN 3 AND 254),
  password_hash text NOT NULL
    CONSTRAINT accounts_password_is_argon2id CHECK (password_hash ~ '^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$'),
  role          text NOT NULL
    CONSTRAINT accounts_role_is_known CHECK (role IN ('user', 'admin', 'super_admin')),
  created_at    timestamptz(3) NOT NULL
);
GRANT SELECT, INSERT ON accounts TO api;
GRANT UPDATE (role) ON accounts TO api;

-- One login, one session, one family of refresh tokens. Its id is the `sid` of its access tokens.
CREATE TABLE account_sessions (
  id            text COLLATE "C" PRIMARY KEY
    CONSTRAINT account_sessions_id_shape CHECK (id ~ '^ses_[0-9a-hjkmnp-tv-z]{26}$'),
  account_id    text COLLATE "C" NOT NULL CONSTRAINT account_sessions_account REFERENCES accounts (id),
  opened_at     timestamptz(3) NOT NULL,
  -- When its newest refresh token expires.
  expires_at    timestamptz(3) NOT NULL,
  revoked_at    timestamptz(3),
  revoked_cause text
    CONSTRAINT account_sessions_cause_is_known CHECK (revoked_cause IN ('logout', 'logout-all', 'operator', 'reuse')),
  CONSTRAINT account_sessions_revoked_as_a_whole CHECK ((revoked_at IS NULL) = (revoked_cause IS NULL))
);
CREATE INDEX account_sessions_open ON account_sessions (account_id) WHERE revoked_at IS NULL;
GRANT SELECT, INSERT ON account_sessions TO api;
GRANT UPDATE (expires_at, revoked_at, revoked_cause) ON account_sessions TO api;

CREATE FUNCTION account_sessions_stay_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'account_sessions_stay_revoked',
    MESSAGE = 'a revoked session never comes back';
END
$$;
CREATE TRIGGER account_sessions_stay_revoked BEFORE UPDATE ON account_sessions
  FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION account_sessions_stay_revoked();

CREATE TABLE refresh_tokens (
  token_hash bytea CONSTRAINT refresh_tokens_once PRIMARY KEY
    CONSTRAINT refresh_tokens_hash_is_sha256 CHECK (octet_length(token_hash) = 32),
  session_id text COLLATE "C" NOT NULL CONSTRAINT refresh_tokens_session REFERENCES account_sessions (id),
  generation integer NOT NULL CONSTRAINT refresh_tokens_generation_is_positive CHECK (generation > 0),
  issued_at  timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  used_at    timestamptz(3),
  -- Whatever races, a family never has two tokens of one generation.
  CONSTRAINT refresh_tokens_one_line UNIQUE (session_id, generation)
);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);
GRANT SELECT, INSERT, DELETE ON refresh_tokens TO api;
GRANT UPDATE (used_at) ON refresh_tokens TO api;

CREATE FUNCTION refresh_tokens_stay_used() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'refresh_tokens_stay_used',
    MESSAGE = 'a refresh token is used once';
END
$$;
CREATE TRIGGER refresh_tokens_stay_used BEFORE UPDATE ON refresh_tokens
  FOR EACH ROW WHEN (OLD.used_at IS NOT NULL) EXECUTE FUNCTION refresh_tokens_stay_used();

-- The versions of the signing key. A version is derived from a seed that the database lacks; the highest one signs.
CREATE TABLE token_keys (
  version      integer PRIMARY KEY CONSTRAINT token_keys_version_is_positive CHECK (version > 0),
  -- RFC 7638 thumbprint of the public key: the kid of its tokens.
  kid          text COLLATE "C" NOT NULL CONSTRAINT token_keys_kid_once UNIQUE
    CONSTRAINT token_keys_kid_shape CHECK (kid ~ '^[A-Za-z0-9_-]{43}$'),
  activated_at timestamptz(3) NOT NULL,
  -- Its tokens are refused from then on. Null while it signs.
  retires_at   timestamptz(3)
);
GRANT SELECT, INSERT ON token_keys TO api;
GRANT UPDATE (retires_at) ON token_keys TO api;
