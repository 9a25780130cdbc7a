-- The minting plane (SPEC 11): brands and their members, mint jobs, and the tokens that they made. A token's code is nowhere:
-- a keyed hash finds it, and an AEAD envelope holds it for exports. Roles: api takes orders, worker mints.

GRANT USAGE ON SCHEMA public TO worker;

CREATE TABLE brands (
  id         text COLLATE "C" PRIMARY KEY CONSTRAINT brands_id_shape CHECK (id ~ '^brd_[0-9a-hjkmnp-tv-z]{26}$'),
  name       text NOT NULL CONSTRAINT brands_name_is_short CHECK (length(name) BETWEEN 1 AND 64),
  created_at timestamptz(3) NOT NULL
);
GRANT SELECT, INSERT ON brands TO api;
-- A right to lock the row: whatever must not race within a brand takes that lock first.
GRANT UPDATE (name) ON brands TO api;

CREATE TABLE brand_members (
  brand_id   text COLLATE "C" NOT NULL CONSTRAINT brand_members_brand REFERENCES brands (id),
  account_id text COLLATE "C" NOT NULL CONSTRAINT brand_members_account REFERENCES accounts (id),
  role       text NOT NULL CONSTRAINT brand_members_role_is_known CHECK (role IN ('owner', 'admin', 'member')),
  added_at   timestamptz(3) NOT NULL,
  CONSTRAINT brand_members_once PRIMARY KEY (brand_id, account_id)
);
CREATE INDEX brand_members_by_account ON brand_members (account_id, brand_id);
GRANT SELECT, INSERT, DELETE ON brand_members TO api;
GRANT UPDATE (role) ON brand_members TO api;

-- Two owners who remove each other at the same moment meet at the lock of their brand, and the second one finds no other left.
CREATE FUNCTION brand_members_keep_an_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM brands WHERE id = OLD.brand_id FOR UPDATE;
  IF EXISTS (SELECT 1 FROM brand_members
             WHERE brand_id = OLD.brand_id AND role = 'owner' AND account_id <> OLD.account_id) THEN
    RETURN coalesce(NEW, OLD);
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'brand_members_keep_an_owner',
    MESSAGE = 'a brand always has an owner';
END
$$;
CREATE TRIGGER brand_members_keep_an_owner_when_changed BEFORE UPDATE OF role ON brand_members
  FOR EACH ROW WHEN (OLD.role = 'owner' AND NEW.role <> 'owner') EXECUTE FUNCTION brand_members_keep_an_owner();
CREATE TRIGGER brand_members_keep_an_owner_when_removed BEFORE DELETE ON brand_members
  FOR EACH ROW WHEN (OLD.role = 'owner') EXECUTE FUNCTION brand_members_keep_an_owner();

CREATE TABLE mint_jobs (
  id               text COLLATE "C" PRIMARY KEY
    CONSTRAINT mint_jobs_id_shape CHECK (id ~ '^mjb_[0-9a-hjkmnp-tv-z]{26}$'),
  brand_id         text COLLATE "C" NOT NULL CONSTRAINT mint_jobs_brand REFERENCES brands (id),
  batch_name       text NOT NULL CONSTRAINT mint_jobs_batch_name_is_short CHECK (length(batch_name) BETWEEN 1 AND 100),
  quantity         integer NOT NULL CONSTRAINT mint_jobs_quantity_is_bounded CHECK (quantity BETWEEN 1 AND 1000000),
  serial_pattern   text COLLATE "C" NOT NULL
    CONSTRAINT mint_jobs_pattern_is_short CHECK (length(serial_pattern) BETWEEN 1 AND 64),
  -- The token at position p has the serial of number first_number + p - 1.
  first_number     bigint NOT NULL CONSTRAINT mint_jobs_first_number_is_natural CHECK (first_number >= 0),
  activation       text NOT NULL
    CONSTRAINT mint_jobs_activation_is_known CHECK (activation IN ('none', 'manual', 'first_scan')),
  product          jsonb NOT NULL CONSTRAINT mint_jobs_product_is_object CHECK (jsonb_typeof(product) = 'object'),
  state            text NOT NULL DEFAULT 'queued' CONSTRAINT mint_jobs_state_is_known
    CHECK (state IN ('queued', 'running', 'paused', 'completed', 'cancelled', 'failed')),
  -- Positions 1 to done are committed; always a prefix, so that a worker resumes behind it.
  done             integer NOT NULL DEFAULT 0,
  -- Tokens made in place of voided ones. They stand at positions behind the quantity, outside of the proof.
  reissued         integer NOT NULL DEFAULT 0 CONSTRAINT mint_jobs_reissued_is_natural CHECK (reissued >= 0),
  lease_owner      text,
  lease_expires_at timestamptz,
  -- Grows with every change of the lease's owner: who holds an older one can no longer write.
  fence            bigint NOT NULL DEFAULT 0 CONSTRAINT mint_jobs_fence_is_natural CHECK (fence >= 0),
  -- RFC 6962 root over position, serial and code hash of the tokens at positions 1 to quantity.
  root             bytea CONSTRAINT mint_jobs_root_is_sha256 CHECK (octet_length(root) = 32),
  failure          text,
  created_by       text COLLATE "C" NOT NULL CONSTRAINT mint_jobs_created_by_account REFERENCES accounts (id),
  created_at       timestamptz(3) NOT NULL,
  finished_at      timestamptz(3),
  CONSTRAINT mint_jobs_done_within_quantity CHECK (done BETWEEN 0 AND quantity),
  CONSTRAINT mint_jobs_completed_means_all CHECK (state <> 'completed' OR done = quantity),
  CONSTRAINT mint_jobs_root_exactly_when_completed CHECK ((state = 'completed') = (root IS NOT NULL)),
  CONSTRAINT mint_jobs_finished_as_a_whole
    CHECK ((state IN ('completed', 'cancelled', 'failed')) = (finished_at IS NOT NULL)),
  CONSTRAINT mint_jobs_failed_for_a_reason CHECK ((state = 'failed') = (failure IS NOT NULL)),
  CONSTRAINT mint_jobs_lease_as_a_whole CHECK ((lease_owner IS NULL) = (lease_expires_at IS NULL)),
  CONSTRAINT mint_jobs_with_brand UNIQUE (id, brand_id)
);
CREATE INDEX mint_jobs_by_brand ON mint_jobs (brand_id, id);
CREATE INDEX mint_jobs_open ON mint_jobs (id) WHERE state IN ('queued', 'running');
GRANT SELECT ON mint_jobs TO api, worker;
GRANT INSERT (id, brand_id, batch_name, quantity, serial_pattern, first_number, activation, product, created_by, created_at)
  ON mint_jobs TO api;
GRANT UPDATE (state, reissued, lease_owner, lease_expires_at, finished_at) ON mint_jobs TO api;
GRANT UPDATE (state, done, lease_owner, lease_expires_at, fence, root, failure, finished_at) ON mint_jobs TO worker;

CREATE FUNCTION mint_jobs_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  broken text;
BEGIN
  IF OLD.finished_at IS NOT NULL
    AND (NEW.state, NEW.done, NEW.root, NEW.finished_at, NEW.fence, NEW.lease_owner)
        IS DISTINCT FROM (OLD.state, OLD.done, OLD.root, OLD.finished_at, OLD.fence, OLD.lease_owner) THEN
    broken := 'mint_jobs_finished_stay_finished';
  ELSIF NEW.done < OLD.done OR NEW.reissued < OLD.reissued THEN
    broken := 'mint_jobs_only_progress';
  ELSIF NEW.fence < OLD.fence
    OR (NEW.lease_owner IS NOT NULL AND NEW.lease_owner IS DISTINCT FROM OLD.lease_owner AND NEW.fence = OLD.fence) THEN
    broken := 'mint_jobs_fence_grows_with_every_owner';
  ELSIF NEW.done > OLD.done AND OLD.state <> 'running' THEN
    broken := 'mint_jobs_progress_while_running';
  ELSE
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = broken, MESSAGE = 'a mint job cannot change like this';
END
$$;
CREATE TRIGGER mint_jobs_transition BEFORE UPDATE ON mint_jobs
  FOR EACH ROW EXECUTE FUNCTION mint_jobs_transition();

-- Tells workers, and whoever starts workers, that there may be work. They look by themselves as well.
CREATE FUNCTION mint_jobs_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('mint_jobs', '');
  RETURN NULL;
END
$$;
CREATE TRIGGER mint_jobs_wake_on_submit AFTER INSERT ON mint_jobs
  FOR EACH ROW EXECUTE FUNCTION mint_jobs_wake();
CREATE TRIGGER mint_jobs_wake_on_state AFTER UPDATE OF state ON mint_jobs
  FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION mint_jobs_wake();

CREATE TABLE mint_tokens (
  id            text COLLATE "C" PRIMARY KEY,
  job_id        text COLLATE "C" NOT NULL,
  brand_id      text COLLATE "C" NOT NULL,
  position      integer NOT NULL CONSTRAINT mint_tokens_position_from_one CHECK (position >= 1),
  serial        text COLLATE "C" NOT NULL CONSTRAINT mint_tokens_serial_is_short CHECK (length(serial) BETWEEN 1 AND 64),
  -- HMAC-SHA-256 of the normalised code under a key that the database lacks.
  code_hash     bytea NOT NULL CONSTRAINT mint_tokens_code_once UNIQUE
    CONSTRAINT mint_tokens_code_hash_is_sha256 CHECK (octet_length(code_hash) = 32),
  -- AES-256-GCM over the code, for exports only.
  code_envelope bytea NOT NULL CONSTRAINT mint_tokens_envelope_is_bounded CHECK (octet_length(code_envelope) BETWEEN 29 AND 256),
  activation    text NOT NULL
    CONSTRAINT mint_tokens_activation_is_known CHECK (activation IN ('none', 'manual', 'first_scan')),
  state         text NOT NULL
    CONSTRAINT mint_tokens_state_is_known CHECK (state IN ('issued', 'active', 'voided')),
  activated_at  timestamptz(3),
  voided_at     timestamptz(3),
  replaced_by   text COLLATE "C" CONSTRAINT mint_tokens_replaces_one UNIQUE
    CONSTRAINT mint_tokens_replacement REFERENCES mint_tokens (id) DEFERRABLE,
  CONSTRAINT mint_tokens_no_duplicate_position UNIQUE (job_id, position),
  CONSTRAINT mint_tokens_no_duplicate_serial UNIQUE (brand_id, serial),
  CONSTRAINT mint_tokens_voided_at_its_time CHECK ((state = 'voided') = (voided_at IS NOT NULL)),
  CONSTRAINT mint_tokens_active_since CHECK (state = 'voided' OR (state = 'active') = (activated_at IS NOT NULL)),
  CONSTRAINT mint_tokens_replaced_when_voided CHECK (replaced_by IS NULL OR state = 'voided')
);
GRANT SELECT ON mint_tokens TO api;
GRANT INSERT (id, job_id, brand_id, position, serial, code_hash, code_envelope, activation, state, activated_at)
  ON mint_tokens TO api, worker;
GRANT UPDATE (state, activated_at, voided_at, replaced_by) ON mint_tokens TO api;
-- What the proof of completeness is over, and no more.
GRANT SELECT (job_id, position, serial, code_hash) ON mint_tokens TO worker;

-- A foreign key to the job, judged once for all rows of a statement: row by row it cost as much as the insert itself. Nobody may
-- delete a job, nor change its id or brand, so looking when a token comes is enough.
CREATE FUNCTION mint_tokens_job_of_brand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT job_id, brand_id FROM made) AS m
             WHERE NOT EXISTS (SELECT 1 FROM mint_jobs j WHERE j.id = m.job_id AND j.brand_id = m.brand_id)) THEN
    RAISE EXCEPTION USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'mint_tokens_job_of_brand',
      MESSAGE = 'a token is of a job of its own brand';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER mint_tokens_job_of_brand AFTER INSERT ON mint_tokens
  REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION mint_tokens_job_of_brand();

CREATE FUNCTION mint_tokens_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  broken text;
BEGIN
  IF OLD.state = 'voided' AND (NEW.state, NEW.voided_at, NEW.activated_at)
      IS DISTINCT FROM (OLD.state, OLD.voided_at, OLD.activated_at) THEN
    broken := 'mint_tokens_stay_voided';
  ELSIF OLD.activated_at IS NOT NULL AND NEW.activated_at IS DISTINCT FROM OLD.activated_at THEN
    broken := 'mint_tokens_activated_once';
  ELSIF OLD.replaced_by IS NOT NULL AND NEW.replaced_by IS DISTINCT FROM OLD.replaced_by THEN
    broken := 'mint_tokens_replaced_once';
  ELSE
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = broken, MESSAGE = 'a token cannot change like this';
END
$$;
CREATE TRIGGER mint_tokens_transition BEFORE UPDATE ON mint_tokens
  FOR EACH ROW EXECUTE FUNCTION mint_tokens_transition();

-- A worker tells what it minted in the same transaction. It reads nothing of the log.
GRANT INSERT ON ledger_staged, ledger_salts TO worker;

-- A member reads what happened to a job in the log itself. Numbers order the page, and no other kind pays for the index.
CREATE INDEX ledger_entries_by_mint_job ON ledger_entries ((data::jsonb ->> 'jobId'), number) WHERE kind LIKE 'mint.%';
