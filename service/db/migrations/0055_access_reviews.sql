-- Access reviews (SPEC 8): who looked at whose authority, and at exactly which rows. A review is never changed and never goes.

CREATE TABLE access_reviews (
  id          text COLLATE "C" PRIMARY KEY
    CONSTRAINT access_reviews_id_shape CHECK (id ~ '^rev_[0-9a-hjkmnp-tv-z]{26}$'),
  at          timestamptz(3) NOT NULL,
  operator_id text COLLATE "C" NOT NULL CONSTRAINT access_reviews_by_an_operator REFERENCES operators (id),
  name        text NOT NULL,
  key_id      text NOT NULL,
  digest      bytea NOT NULL,
  row_count   integer NOT NULL CONSTRAINT access_reviews_of_something CHECK (row_count >= 1),
  -- The rows as they were digested, so that a review of long ago can still be read and proven.
  reviewed    text NOT NULL,
  CONSTRAINT access_reviews_digest_is_of_the_rows CHECK (digest = sha256(convert_to(reviewed, 'UTF8')))
);
GRANT SELECT, INSERT ON access_reviews TO api;

-- The last act of each operator by kind is one probe, however long the log.
CREATE INDEX ledger_entries_by_operator_act ON ledger_entries (actor_id, kind, at DESC) WHERE actor_type = 'operator';
