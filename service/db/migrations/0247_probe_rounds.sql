-- Rounds of negative probes (SPEC 16): what was scheduled, what ran, and what each probe found. Written once and kept; only
-- the pruning below ever takes anything away.

CREATE TABLE probe_rounds (
  id           text COLLATE "C" PRIMARY KEY
    CONSTRAINT probe_rounds_id_shape CHECK (id ~ '^prr_[0-9a-hjkmnp-tv-z]{26}$'),
  cause        text NOT NULL CONSTRAINT probe_rounds_cause_is_known CHECK (cause IN ('schedule', 'demand')),
  scheduled_by text NOT NULL,
  scheduled_at timestamptz(3) NOT NULL,
  begun_at     timestamptz(3),
  finished_at  timestamptz(3),
  missed_at    timestamptz(3),
  CONSTRAINT probe_rounds_finish_what_began CHECK (finished_at IS NULL OR begun_at IS NOT NULL),
  CONSTRAINT probe_rounds_end_once CHECK (finished_at IS NULL OR missed_at IS NULL)
);
-- One round at a time: a second scheduler loses here.
CREATE UNIQUE INDEX probe_rounds_one_open ON probe_rounds ((true)) WHERE finished_at IS NULL AND missed_at IS NULL;
CREATE INDEX probe_rounds_by_time ON probe_rounds (scheduled_at);
GRANT SELECT ON probe_rounds TO api;
GRANT INSERT (id, cause, scheduled_by, scheduled_at) ON probe_rounds TO api;
GRANT UPDATE (begun_at, finished_at, missed_at) ON probe_rounds TO api;

CREATE FUNCTION probe_rounds_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.finished_at IS NULL AND OLD.missed_at IS NULL AND (OLD.begun_at IS NULL OR NEW.begun_at = OLD.begun_at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'probe_rounds_ended_stay_ended',
    MESSAGE = 'a round that began has one beginning, and one that ended stays ended';
END
$$;
CREATE TRIGGER probe_rounds_transition BEFORE UPDATE ON probe_rounds
  FOR EACH ROW EXECUTE FUNCTION probe_rounds_transition();

CREATE TABLE probe_outcomes (
  round_id    text COLLATE "C" NOT NULL
    CONSTRAINT probe_outcomes_of_a_round REFERENCES probe_rounds (id) ON DELETE CASCADE,
  probe       text NOT NULL CONSTRAINT probe_outcomes_probe_shape CHECK (probe ~ '^[a-z][a-z-]{1,62}$'),
  outcome     text NOT NULL CONSTRAINT probe_outcomes_outcome_is_known CHECK (outcome IN ('held', 'broken', 'unavailable')),
  -- A sentence, redacted by whoever wrote it: never material.
  evidence    text NOT NULL CONSTRAINT probe_outcomes_evidence_is_short CHECK (length(evidence) BETWEEN 1 AND 300),
  duration_ms integer NOT NULL CONSTRAINT probe_outcomes_duration_is_positive CHECK (duration_ms >= 0),
  at          timestamptz(3) NOT NULL,
  CONSTRAINT probe_outcomes_once_a_round PRIMARY KEY (round_id, probe)
);
CREATE INDEX probe_outcomes_by_probe ON probe_outcomes (probe, at DESC);
GRANT SELECT, INSERT ON probe_outcomes TO api;

-- The only way out: whole rounds that ended ninety days ago, so that nobody can take away one outcome.
CREATE FUNCTION prune_probe_rounds() RETURNS bigint
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH gone AS (DELETE FROM probe_rounds WHERE scheduled_at < now() - interval '90 days' RETURNING 1)
  SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION prune_probe_rounds() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prune_probe_rounds() TO api;
