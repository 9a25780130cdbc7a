-- Forks of the log that consoles reported (SPEC 10): two heads that this log's own keys signed and that no log holds both. Both are
-- in the ledger entry as signed notes; a row is here so that a fork which is reported twice is told once.
CREATE TABLE ledger_forks (
  -- SHA-256 of both heads, whichever of them was seen first.
  fork        text COLLATE "C" PRIMARY KEY CONSTRAINT ledger_forks_are_named_by_sha256 CHECK (fork ~ '^[0-9a-f]{64}$'),
  origin      text NOT NULL,
  seen_size   bigint NOT NULL CONSTRAINT ledger_forks_seen_is_natural CHECK (seen_size >= 0),
  seen_root   bytea NOT NULL CONSTRAINT ledger_forks_seen_is_sha256 CHECK (octet_length(seen_root) = 32),
  shown_size  bigint NOT NULL CONSTRAINT ledger_forks_shown_is_natural CHECK (shown_size >= 0),
  shown_root  bytea NOT NULL CONSTRAINT ledger_forks_shown_is_sha256 CHECK (octet_length(shown_root) = 32),
  reported_at timestamptz(3) NOT NULL,
  reported_by text NOT NULL,
  CONSTRAINT ledger_forks_are_two_heads CHECK (seen_size <> shown_size OR seen_root <> shown_root)
);
GRANT SELECT, INSERT ON ledger_forks TO api;
