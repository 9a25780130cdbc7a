-- Keys of model providers (SPEC 3). A row holds ciphertext only: AES-256-GCM under a key of its own, derived from a root that the
-- database never sees. What a row is bound to (where it stands, whose it is, which root) is authenticated with it.

-- The versions of the root. Exactly one is active; the others are being left, and then retired for ever.
CREATE TABLE secret_roots (
  version       integer PRIMARY KEY CONSTRAINT secret_roots_version_is_bounded CHECK (version BETWEEN 1 AND 9999),
  -- Derived from the root, and useless for anything else: tells an instance that holds another root under this number.
  check_value   bytea NOT NULL CONSTRAINT secret_roots_check_is_32_bytes CHECK (octet_length(check_value) = 32),
  activated_at  timestamptz(3) NOT NULL,
  superseded_at timestamptz(3),
  -- When the last secret of an earlier version was re-encrypted under this one.
  settled_at    timestamptz(3),
  retired_at    timestamptz(3),
  in_use        boolean NOT NULL GENERATED ALWAYS AS (retired_at IS NULL) STORED,
  CONSTRAINT secret_roots_active_is_not_retired CHECK (retired_at IS NULL OR superseded_at IS NOT NULL),
  -- Only a target for provider_secrets_root_is_in_use.
  CONSTRAINT secret_roots_in_use_target UNIQUE (version, in_use)
);
CREATE UNIQUE INDEX secret_roots_one_active ON secret_roots ((superseded_at IS NULL)) WHERE superseded_at IS NULL;
GRANT SELECT, INSERT (version, check_value, activated_at) ON secret_roots TO api;
GRANT UPDATE (superseded_at, settled_at, retired_at) ON secret_roots TO api;

CREATE FUNCTION secret_roots_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  broken text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.version > coalesce((SELECT max(version) FROM secret_roots), 0) THEN RETURN NEW; END IF;
    broken := 'secret_roots_count_up';
  ELSIF NEW.version <> OLD.version OR NEW.check_value <> OLD.check_value OR NEW.activated_at <> OLD.activated_at THEN
    broken := 'secret_roots_keep_their_key';
  ELSIF OLD.retired_at IS NOT NULL OR (OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at) THEN
    broken := 'secret_roots_never_come_back';
  ELSE
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = broken,
    MESSAGE = 'a root of secrets cannot change like this';
END
$$;
CREATE TRIGGER secret_roots_transition BEFORE INSERT OR UPDATE ON secret_roots
  FOR EACH ROW EXECUTE FUNCTION secret_roots_transition();

CREATE TABLE provider_secrets (
  id            text COLLATE "C" PRIMARY KEY
    CONSTRAINT provider_secrets_id_shape CHECK (id ~ '^psc_[0-9a-hjkmnp-tv-z]{26}$'),
  provider      text COLLATE "C" NOT NULL
    CONSTRAINT provider_secrets_provider_shape CHECK (provider ~ '^[a-z0-9._-]{2,64}$'),
  scope         text NOT NULL CONSTRAINT provider_secrets_scope_is_known CHECK (scope IN ('agent', 'account', 'platform')),
  agent_id      text COLLATE "C" CONSTRAINT provider_secrets_agent REFERENCES agents (id),
  account_id    text COLLATE "C" CONSTRAINT provider_secrets_account REFERENCES accounts (id),
  tenant        text COLLATE "C" NOT NULL GENERATED ALWAYS AS (coalesce(agent_id, account_id, 'platform')) STORED,
  root_version  integer NOT NULL,
  root_in_use   boolean NOT NULL GENERATED ALWAYS AS (true) STORED,
  salt          bytea NOT NULL CONSTRAINT provider_secrets_salt_once UNIQUE
    CONSTRAINT provider_secrets_salt_is_32_bytes CHECK (octet_length(salt) = 32),
  nonce         bytea NOT NULL CONSTRAINT provider_secrets_nonce_is_96_bits CHECK (octet_length(nonce) = 12),
  -- Ciphertext and the 16-byte tag.
  box           bytea NOT NULL CONSTRAINT provider_secrets_box_has_its_tag CHECK (octet_length(box) BETWEEN 17 AND 8192),
  -- The first 64 bits of the SHA-256 of what is inside: enough to recognise it, worth nothing to a provider.
  fingerprint   text NOT NULL CONSTRAINT provider_secrets_fingerprint_shape CHECK (fingerprint ~ '^[0-9a-f]{16}$'),
  -- Counts how often its owner replaced it.
  revision      integer NOT NULL DEFAULT 1 CONSTRAINT provider_secrets_revision_is_positive CHECK (revision >= 1),
  created_at    timestamptz(3) NOT NULL,
  created_by    text NOT NULL,
  updated_at    timestamptz(3) NOT NULL,
  updated_by    text NOT NULL,
  -- Since when it cannot be decrypted; null while nobody has met a failure.
  unreadable_at timestamptz(3),
  CONSTRAINT provider_secrets_scope_is_exactly_one
    CHECK ((scope = 'agent') = (agent_id IS NOT NULL) AND (scope = 'account') = (account_id IS NOT NULL)),
  CONSTRAINT provider_secrets_one_per_scope UNIQUE (provider, tenant),
  -- The invariant of retirement: while a row uses a root, the root cannot leave; once it has left, no row can use it.
  CONSTRAINT provider_secrets_root_is_in_use
    FOREIGN KEY (root_version, root_in_use) REFERENCES secret_roots (version, in_use)
);
CREATE INDEX provider_secrets_by_root ON provider_secrets (root_version, id);
CREATE INDEX provider_secrets_by_tenant ON provider_secrets (tenant, id);
CREATE INDEX provider_secrets_unreadable ON provider_secrets (unreadable_at) WHERE unreadable_at IS NOT NULL;
GRANT SELECT, DELETE ON provider_secrets TO api;
GRANT INSERT (id, provider, scope, agent_id, account_id, root_version, salt, nonce, box, fingerprint,
  created_at, created_by, updated_at, updated_by) ON provider_secrets TO api;
GRANT UPDATE (root_version, salt, nonce, box, fingerprint, revision, updated_at, updated_by, unreadable_at)
  ON provider_secrets TO api;

CREATE FUNCTION provider_secrets_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  broken text;
BEGIN
  IF (NEW.id, NEW.provider, NEW.scope, NEW.agent_id, NEW.account_id)
     IS DISTINCT FROM (OLD.id, OLD.provider, OLD.scope, OLD.agent_id, OLD.account_id) THEN
    broken := 'provider_secrets_stay_where_they_are';
  -- A key is derived per salt: whatever is encrypted again takes a fresh one, so no key and nonce pair repeats.
  ELSIF (NEW.box, NEW.nonce, NEW.root_version) IS DISTINCT FROM (OLD.box, OLD.nonce, OLD.root_version)
    AND (NEW.salt = OLD.salt OR NEW.nonce = OLD.nonce) THEN
    broken := 'provider_secrets_take_a_fresh_salt';
  ELSIF NEW.root_version < OLD.root_version THEN
    broken := 'provider_secrets_never_go_back';
  ELSIF NEW.revision NOT IN (OLD.revision, OLD.revision + 1) THEN
    broken := 'provider_secrets_count_one_by_one';
  ELSE
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = broken,
    MESSAGE = 'a provider secret cannot change like this';
END
$$;
CREATE TRIGGER provider_secrets_transition BEFORE UPDATE ON provider_secrets
  FOR EACH ROW EXECUTE FUNCTION provider_secrets_transition();

-- "Always use mine": whether an account forbids the fallback to the platform's secrets, for itself and for its agents.
CREATE TABLE provider_secret_preferences (
  account_id  text COLLATE "C" PRIMARY KEY CONSTRAINT provider_secret_preferences_account REFERENCES accounts (id),
  always_mine boolean NOT NULL,
  set_at      timestamptz(3) NOT NULL
);
GRANT SELECT, INSERT ON provider_secret_preferences TO api;
GRANT UPDATE (always_mine, set_at) ON provider_secret_preferences TO api;
