-- Hand-over of a shift (SPEC 16): what whoever went had signed, and who signed that they have it since.

CREATE TABLE handovers (
  id            text COLLATE "C" PRIMARY KEY
    CONSTRAINT handovers_id_shape CHECK (id ~ '^hnd_[0-9a-hjkmnp-tv-z]{26}$'),
  -- Incidents and freeze as they stood, as JSON.
  handed        text NOT NULL,
  note          text NOT NULL CONSTRAINT handovers_note_is_short CHECK (length(note) BETWEEN 1 AND 4000),
  digest        bytea NOT NULL CONSTRAINT handovers_digest_is_sha256 CHECK (octet_length(digest) = 32),
  given_at      timestamptz(3) NOT NULL,
  given_by      text COLLATE "C" NOT NULL,
  given_by_name text NOT NULL,
  taken_at      timestamptz(3) CONSTRAINT handovers_taken_later CHECK (taken_at >= given_at),
  taken_by      text COLLATE "C" CONSTRAINT handovers_between_two CHECK (taken_by <> given_by),
  taken_by_name text,
  CONSTRAINT handovers_taken_as_a_whole CHECK (num_nulls(taken_at, taken_by, taken_by_name) IN (0, 3))
);
GRANT SELECT ON handovers TO api;
GRANT INSERT (id, handed, note, digest, given_at, given_by, given_by_name) ON handovers TO api;
GRANT UPDATE (taken_at, taken_by, taken_by_name) ON handovers TO api;

CREATE FUNCTION handovers_taken_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'handovers_taken_once',
    MESSAGE = 'a hand-over that was taken is a record';
END
$$;
CREATE TRIGGER handovers_taken_once BEFORE UPDATE ON handovers
  FOR EACH ROW WHEN (OLD.taken_at IS NOT NULL) EXECUTE FUNCTION handovers_taken_once();
