-- Uses of operators' own secrets (SPEC 14): which of them the ledger has, so that a journal that was written offline and is sent
-- again after a crash enters each use exactly once. What was used and why stands in the ledger.

CREATE TABLE secret_uses (
  -- Drawn by the console, so it is unique within the key that signed it and nowhere else.
  key_id     text COLLATE "C" NOT NULL CONSTRAINT secret_uses_of_a_key CHECK (key_id ~ '^[A-Za-z0-9_-]{43}$'),
  id         uuid NOT NULL,
  used_at    timestamptz(3) NOT NULL,
  entered_at timestamptz(3) NOT NULL,
  CONSTRAINT secret_uses_enter_once PRIMARY KEY (key_id, id)
);
GRANT SELECT, INSERT ON secret_uses TO api;
