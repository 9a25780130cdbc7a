-- What consoles found when they attacked themselves (SPEC 16): the service cannot see the keychain, fuses and sandbox of an
-- operator's machine, so each console signs what it found. Written once and kept, as the outcomes of rounds are.

CREATE TABLE console_outcomes (
  -- The ledger entry of the report.
  report_id   text COLLATE "C" NOT NULL
    CONSTRAINT console_outcomes_report_shape CHECK (report_id ~ '^evt_[0-9a-hjkmnp-tv-z]{26}$'),
  operator_id text COLLATE "C" NOT NULL CONSTRAINT console_outcomes_of_an_operator REFERENCES operators (id),
  probe       text NOT NULL CONSTRAINT console_outcomes_probe_shape CHECK (probe ~ '^[a-z][a-z-]{1,62}$'),
  outcome     text NOT NULL CONSTRAINT console_outcomes_outcome_is_known CHECK (outcome IN ('held', 'broken', 'unavailable')),
  -- A sentence of the console: never material.
  evidence    text NOT NULL CONSTRAINT console_outcomes_evidence_is_short CHECK (length(evidence) BETWEEN 1 AND 300),
  duration_ms integer NOT NULL CONSTRAINT console_outcomes_duration_is_positive CHECK (duration_ms >= 0),
  at          timestamptz(3) NOT NULL,
  CONSTRAINT console_outcomes_once_a_report PRIMARY KEY (report_id, probe)
);
CREATE INDEX console_outcomes_by_console ON console_outcomes (probe, operator_id, at DESC);
GRANT SELECT, INSERT ON console_outcomes TO api;

-- The only way out: what is ninety days old and was followed by a newer word of the same console. Its last word stays, so that
-- nothing weak is forgotten because a console fell silent.
CREATE FUNCTION prune_console_outcomes() RETURNS bigint
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH gone AS (
    DELETE FROM console_outcomes AS old
    WHERE at < now() - interval '90 days' AND EXISTS (
      SELECT FROM console_outcomes AS newer
      WHERE newer.probe = old.probe AND newer.operator_id = old.operator_id AND newer.at > old.at)
    RETURNING 1)
  SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION prune_console_outcomes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prune_console_outcomes() TO api;
