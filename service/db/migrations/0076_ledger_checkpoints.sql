-- Signed heads of the log (C2SP tlog-checkpoint), the keys that sign them, the epochs of the log and its witnesses. The
-- integrator alone signs, and alone writes what it signed; api keeps what witnesses bring; reader shows and exports.

-- Public halves of the ledger keys. A key may sign heads of these sizes; while two overlap, both sign.
CREATE TABLE ledger_keys (
  version    integer PRIMARY KEY CONSTRAINT ledger_keys_version_is_positive CHECK (version >= 1),
  public_key bytea NOT NULL CONSTRAINT ledger_keys_once UNIQUE
    CONSTRAINT ledger_keys_are_ed25519 CHECK (octet_length(public_key) = 32),
  from_size  bigint NOT NULL CONSTRAINT ledger_keys_from_is_natural CHECK (from_size >= 0),
  until_size bigint,
  -- When the overlap with its successor ends; absent for the current key.
  retires_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT ledger_keys_end_after_beginning CHECK (until_size IS NULL OR until_size >= from_size)
);
GRANT SELECT ON ledger_keys TO api, reader;
GRANT SELECT, INSERT, UPDATE ON ledger_keys TO integrator;

-- Epochs after the first. One begins when the log was restored behind a head that somebody has witnessed.
CREATE TABLE ledger_epochs (
  epoch          integer PRIMARY KEY CONSTRAINT ledger_epochs_after_the_first CHECK (epoch >= 2),
  from_size      bigint NOT NULL,
  witnessed_size bigint NOT NULL,
  witnessed_root bytea NOT NULL,
  opened_at      timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT ledger_epochs_lost_something CHECK (witnessed_size > from_size)
);
GRANT SELECT ON ledger_epochs TO api, reader;
GRANT SELECT, INSERT ON ledger_epochs TO integrator;

CREATE TABLE ledger_checkpoints (
  epoch     integer NOT NULL CONSTRAINT ledger_checkpoints_epoch_is_positive CHECK (epoch >= 1),
  size      bigint NOT NULL CONSTRAINT ledger_checkpoints_size_is_natural CHECK (size >= 0),
  root      bytea NOT NULL CONSTRAINT ledger_checkpoints_root_is_sha256 CHECK (octet_length(root) = 32),
  -- Text and signatures of the integrator, as a signed note.
  note      text NOT NULL,
  signed_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (epoch, size)
);
GRANT SELECT ON ledger_checkpoints TO api, reader;
GRANT SELECT, INSERT, UPDATE ON ledger_checkpoints TO integrator;

CREATE TABLE ledger_witnesses (
  -- Verifier key (C2SP signed-note): name, id, type and key in one text.
  key           text PRIMARY KEY,
  name          text NOT NULL CONSTRAINT ledger_witnesses_have_names_of_their_own UNIQUE,
  registered_at timestamptz(3) NOT NULL,
  registered_by text NOT NULL
);
GRANT SELECT, INSERT ON ledger_witnesses TO api;
GRANT SELECT ON ledger_witnesses TO reader;

CREATE TABLE ledger_cosignatures (
  epoch       integer NOT NULL,
  size        bigint NOT NULL,
  witness     text NOT NULL REFERENCES ledger_witnesses (key),
  -- The witness's line of the note.
  line        text NOT NULL,
  cosigned_at timestamptz(3) NOT NULL,
  received_at timestamptz(3) NOT NULL,
  PRIMARY KEY (epoch, size, witness),
  CONSTRAINT ledger_cosignatures_are_of_checkpoints FOREIGN KEY (epoch, size) REFERENCES ledger_checkpoints
);
GRANT SELECT, INSERT ON ledger_cosignatures TO api;
GRANT SELECT ON ledger_cosignatures TO reader;

-- Who exports opens commitments: reader, a role that writes nothing.
GRANT SELECT ON ledger_salts TO reader;
