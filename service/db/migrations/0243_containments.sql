-- Containment (SPEC 16): one signed order, and steps that are repeated until nothing is left to revoke. The order commits with its
-- plan, so whoever dies in between, the next one goes on.

CREATE TABLE containments (
  id            text COLLATE "C" PRIMARY KEY
    CONSTRAINT containments_id_shape CHECK (id ~ '^ctn_[0-9a-hjkmnp-tv-z]{26}$'),
  kind          text NOT NULL,
  credential    text COLLATE "C" NOT NULL,
  name          text NOT NULL,
  reason        text NOT NULL CONSTRAINT containments_reason_is_short CHECK (length(reason) BETWEEN 1 AND 500),
  incident_id   text COLLATE "C" CONSTRAINT containments_incident REFERENCES incidents (id),
  operator_id   text COLLATE "C" NOT NULL,
  operator_name text,
  ordered_at    timestamptz(3) NOT NULL,
  finished_at   timestamptz(3)
);
CREATE INDEX containments_running ON containments (id) WHERE finished_at IS NULL;
GRANT SELECT, INSERT ON containments TO api;
GRANT UPDATE (finished_at) ON containments TO api;

CREATE TABLE containment_steps (
  containment_id text COLLATE "C" NOT NULL CONSTRAINT containment_steps_order REFERENCES containments (id),
  position       integer NOT NULL CONSTRAINT containment_steps_from_zero CHECK (position >= 0),
  action         text NOT NULL,
  target         text COLLATE "C" NOT NULL,
  -- Only what was made from then on; null: whenever it was made.
  since          timestamptz(3),
  revoked        integer NOT NULL DEFAULT 0 CONSTRAINT containment_steps_count_up CHECK (revoked >= 0),
  done_at        timestamptz(3),
  PRIMARY KEY (containment_id, position)
);
GRANT SELECT, INSERT ON containment_steps TO api;
GRANT UPDATE (revoked, done_at) ON containment_steps TO api;

CREATE FUNCTION containment_steps_stay_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'containment_steps_stay_done',
    MESSAGE = 'a step that is done is a record';
END
$$;
CREATE TRIGGER containment_steps_stay_done BEFORE UPDATE ON containment_steps
  FOR EACH ROW WHEN (OLD.done_at IS NOT NULL) EXECUTE FUNCTION containment_steps_stay_done();
