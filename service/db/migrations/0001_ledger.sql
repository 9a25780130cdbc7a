-- The audit ledger (SPEC 10). An entry is staged in the transaction of what it tells, numbered and hashed by the
-- integrator, and never changed. Roles: api stages and reads, integrator numbers, reader reads what is numbered.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO api, integrator, reader;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE DOMAIN entry_id AS text
  CONSTRAINT entry_id_shape CHECK (VALUE ~ '^evt_[0-9a-hjkmnp-tv-z]{26}$');

-- Waiting for their numbers. Rows come by INSERT of api and go by DELETE of integrator; nobody may change one.
CREATE TABLE ledger_staged (
  arrival    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id         entry_id NOT NULL CONSTRAINT ledger_staged_once UNIQUE,
  kind       text NOT NULL,
  at         timestamptz(3) NOT NULL
    CONSTRAINT ledger_staged_at_has_four_digits CHECK (at >= '1970-01-01Z' AND at < '10000-01-01Z'),
  actor_type text NOT NULL
    CONSTRAINT ledger_staged_actor_is_known CHECK (actor_type IN ('operator', 'key', 'system', 'stranger')),
  actor_id   text NOT NULL,
  actor_name text,
  agent      text,
  request_id text,
  data       text NOT NULL CONSTRAINT ledger_staged_data_is_object CHECK (json_typeof(data::json) = 'object'),
  leaf       text NOT NULL CONSTRAINT ledger_staged_leaf_is_list CHECK (json_typeof(leaf::json) = 'array'),
  mac        bytea NOT NULL CONSTRAINT ledger_staged_mac_is_sha256 CHECK (octet_length(mac) = 32)
);
GRANT SELECT, INSERT ON ledger_staged TO api;
-- It stages one kind of entry itself: that it found forged ones.
GRANT SELECT, INSERT, DELETE ON ledger_staged TO integrator;

-- What opens the commitments of an entry. Apart from everything else: without its salt a withheld field cannot be
-- guessed, so only who exports may read them.
CREATE TABLE ledger_salts (
  entry_id entry_id PRIMARY KEY,
  salts    bytea NOT NULL
    CONSTRAINT ledger_salts_are_32_bytes_each CHECK (octet_length(salts) > 0 AND octet_length(salts) % 32 = 0)
);
GRANT INSERT ON ledger_salts TO api;
GRANT SELECT, INSERT ON ledger_salts TO integrator;

-- The log itself, numbered from 0 without a gap.
CREATE TABLE ledger_entries (
  number     bigint PRIMARY KEY CONSTRAINT ledger_entries_from_zero CHECK (number >= 0),
  id         entry_id NOT NULL CONSTRAINT ledger_entries_once UNIQUE,
  kind       text NOT NULL,
  at         timestamptz(3) NOT NULL,
  actor_type text NOT NULL,
  actor_id   text NOT NULL,
  actor_name text,
  agent      text,
  request_id text,
  data       text NOT NULL,
  leaf       text NOT NULL,
  leaf_hash  bytea NOT NULL CONSTRAINT ledger_entries_leaf_is_sha256 CHECK (octet_length(leaf_hash) = 32),
  mac        bytea NOT NULL
);
CREATE INDEX ledger_entries_by_kind ON ledger_entries (kind, number);
CREATE INDEX ledger_entries_by_actor ON ledger_entries (actor_id, number);
CREATE INDEX ledger_entries_by_agent ON ledger_entries (agent, number) WHERE agent IS NOT NULL;
CREATE INDEX ledger_entries_by_request ON ledger_entries (request_id) WHERE request_id IS NOT NULL;
-- Numbers follow time closely, so a block range index finds a period at a thousandth of a tree's size.
CREATE INDEX ledger_entries_by_time ON ledger_entries USING brin (at);
GRANT SELECT ON ledger_entries TO api, reader;
GRANT SELECT, INSERT ON ledger_entries TO integrator;

-- One row: how many entries are numbered and the Merkle tree hash over them (RFC 6962 section 2.1).
CREATE TABLE ledger_head (
  one_row       boolean PRIMARY KEY DEFAULT true CONSTRAINT ledger_head_is_one_row CHECK (one_row),
  size          bigint NOT NULL CONSTRAINT ledger_head_size_is_natural CHECK (size >= 0),
  root          bytea NOT NULL CONSTRAINT ledger_head_root_is_sha256 CHECK (octet_length(root) = 32),
  frontier      bytea NOT NULL CONSTRAINT ledger_head_frontier_of_hashes CHECK (octet_length(frontier) % 32 = 0),
  -- Fencing token of the integrator that advanced it last; a smaller one may not.
  epoch         bigint NOT NULL,
  integrated_at timestamptz(3)
);
-- The hash of the empty tree is the hash of nothing.
INSERT INTO ledger_head (size, root, frontier, epoch) VALUES (0, sha256(''), '', 0);
GRANT SELECT ON ledger_head TO api, reader;
GRANT SELECT, UPDATE ON ledger_head TO integrator;

-- Complete subtrees of 256^level entries, 256 hashes a row: with the leaves of one row they give any proof.
CREATE TABLE ledger_tiles (
  level  smallint NOT NULL CONSTRAINT ledger_tiles_above_leaves CHECK (level >= 1),
  index  bigint NOT NULL CONSTRAINT ledger_tiles_index_is_natural CHECK (index >= 0),
  hashes bytea NOT NULL
    CONSTRAINT ledger_tiles_of_hashes CHECK (octet_length(hashes) % 32 = 0 AND octet_length(hashes) <= 8192),
  PRIMARY KEY (level, index)
);
GRANT SELECT ON ledger_tiles TO api, reader;
GRANT SELECT, INSERT, UPDATE ON ledger_tiles TO integrator;

-- Staged rows that api did not write, kept as evidence and never numbered.
CREATE TABLE ledger_quarantine (
  arrival  bigint PRIMARY KEY,
  reason   text NOT NULL,
  content  text NOT NULL,
  found_at timestamptz(3) NOT NULL DEFAULT now()
);
GRANT SELECT ON ledger_quarantine TO api;
GRANT SELECT, INSERT ON ledger_quarantine TO integrator;

-- Who leads at what. A token grows with every change of the holder, so that a paused leader cannot act late.
CREATE TABLE leases (
  name       text PRIMARY KEY,
  holder     text NOT NULL,
  epoch      bigint NOT NULL,
  expires_at timestamptz NOT NULL
);
INSERT INTO leases (name, holder, epoch, expires_at) VALUES ('ledger', '', 0, '-infinity');
GRANT SELECT, UPDATE ON leases TO integrator;

-- Wakes the integrator when the transaction commits. It looks by itself as well, so a lost wake-up costs a moment.
CREATE FUNCTION ledger_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('ledger_staged', '');
  RETURN NULL;
END
$$;
CREATE TRIGGER ledger_staged_wakes_integrator
  AFTER INSERT ON ledger_staged FOR EACH STATEMENT EXECUTE FUNCTION ledger_wake();
