-- Secrets that are planted to be stolen (SPEC 16): as hashes, like the keys they look like. They open nothing.

CREATE TABLE canaries (
  id             text COLLATE "C" PRIMARY KEY CONSTRAINT canaries_id_shape CHECK (id ~ '^can_[0-9a-hjkmnp-tv-z]{26}$'),
  secret_hash    bytea NOT NULL CONSTRAINT canaries_once UNIQUE
    CONSTRAINT canaries_hash_is_sha256 CHECK (octet_length(secret_hash) = 32),
  display_prefix text NOT NULL CONSTRAINT canaries_prefix_is_no_key CHECK (display_prefix ~ '^thm?_[A-Za-z0-9_-]{8}$'),
  label          text NOT NULL CONSTRAINT canaries_label_is_short CHECK (length(label) BETWEEN 1 AND 64),
  planted_at     timestamptz(3) NOT NULL,
  planted_by     text NOT NULL,
  last_used_at   timestamptz(3)
);
GRANT SELECT, INSERT ON canaries TO api;
GRANT UPDATE (last_used_at) ON canaries TO api;
