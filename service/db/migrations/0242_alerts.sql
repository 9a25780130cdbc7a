-- Alerts and incidents (SPEC 16). Rules read the log in the order of its numbers; how far they have read stands beside what they
-- found, in one transaction, so that a crash neither loses nor doubles an alert and one of many instances reads at a time.

CREATE TABLE alert_cursor (
  one_row     boolean PRIMARY KEY DEFAULT true CONSTRAINT alert_cursor_is_one_row CHECK (one_row),
  next_number bigint NOT NULL DEFAULT 0 CONSTRAINT alert_cursor_only_grows CHECK (next_number >= 0)
);
GRANT SELECT, INSERT ON alert_cursor TO api;
GRANT UPDATE (next_number) ON alert_cursor TO api;

-- What rules remember of the entries behind the cursor: sums per subject and short time.
CREATE TABLE alert_windows (
  rule    text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  bucket  timestamptz(3) NOT NULL,
  total   bigint NOT NULL,
  CONSTRAINT alert_windows_once PRIMARY KEY (rule, subject, bucket)
);
CREATE INDEX alert_windows_by_age ON alert_windows (bucket);
GRANT SELECT, INSERT, DELETE ON alert_windows TO api;
GRANT UPDATE (total) ON alert_windows TO api;

CREATE TABLE incidents (
  id              text COLLATE "C" PRIMARY KEY
    CONSTRAINT incidents_id_shape CHECK (id ~ '^inc_[0-9a-hjkmnp-tv-z]{26}$'),
  title           text NOT NULL,
  asset           text NOT NULL CONSTRAINT incidents_asset_is_known CHECK (asset IN ('control', 'money', 'ownership', 'plain')),
  goal            text NOT NULL CONSTRAINT incidents_goal_is_known CHECK (goal IN ('impersonate', 'drain', 'corrupt', 'disrupt')),
  severity        integer NOT NULL CONSTRAINT incidents_severity_is_known CHECK (severity BETWEEN 1 AND 4),
  -- Lower is graver: what lists sort by.
  rank            integer NOT NULL,
  state           text NOT NULL DEFAULT 'open'
    CONSTRAINT incidents_state_is_known CHECK (state IN ('open', 'acknowledged', 'contained', 'closed')),
  opened_at       timestamptz(3) NOT NULL,
  last_alert_at   timestamptz(3) NOT NULL,
  acknowledged_at timestamptz(3),
  contained_at    timestamptz(3),
  closed_at       timestamptz(3),
  CONSTRAINT incidents_closed_as_a_whole CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX incidents_unclosed ON incidents (rank, id) WHERE state <> 'closed';
GRANT SELECT, INSERT ON incidents TO api;
GRANT UPDATE (asset, goal, title, severity, rank, state, last_alert_at, acknowledged_at, contained_at, closed_at)
  ON incidents TO api;

CREATE FUNCTION incidents_stay_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'incidents_stay_closed',
    MESSAGE = 'a closed incident is a record; a new alert opens another one';
END
$$;
CREATE TRIGGER incidents_stay_closed BEFORE UPDATE ON incidents
  FOR EACH ROW WHEN (OLD.state = 'closed') EXECUTE FUNCTION incidents_stay_closed();

CREATE TABLE alerts (
  id                  text COLLATE "C" PRIMARY KEY CONSTRAINT alerts_id_shape CHECK (id ~ '^alr_[0-9a-hjkmnp-tv-z]{26}$'),
  incident_id         text COLLATE "C" NOT NULL CONSTRAINT alerts_incident REFERENCES incidents (id),
  rule                text COLLATE "C" NOT NULL,
  -- Whom or what it is about: an id, a keyed hash, or '-' for the service itself.
  subject             text COLLATE "C" NOT NULL,
  severity            integer NOT NULL,
  state               text NOT NULL DEFAULT 'firing' CONSTRAINT alerts_state_is_known CHECK (state IN ('firing', 'quiet')),
  value               bigint NOT NULL,
  threshold           bigint NOT NULL,
  occurrences         bigint NOT NULL CONSTRAINT alerts_occurred CHECK (occurrences >= 1),
  first_at            timestamptz(3) NOT NULL,
  last_at             timestamptz(3) NOT NULL,
  quiet_at            timestamptz(3),
  -- Numbers of the entries that raised it, the first hundred.
  evidence            bigint[] NOT NULL DEFAULT '{}',
  acknowledged_at     timestamptz(3),
  acknowledged_by     text,
  CONSTRAINT alerts_quiet_as_a_whole CHECK ((state = 'quiet') = (quiet_at IS NOT NULL)),
  CONSTRAINT alerts_acknowledged_as_a_whole CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
-- Whatever races, one subject rings once for one rule.
CREATE UNIQUE INDEX alerts_fire_once ON alerts (rule, subject) WHERE state = 'firing';
CREATE INDEX alerts_by_incident ON alerts (incident_id);
CREATE INDEX alerts_by_subject ON alerts (subject) WHERE subject <> '-';
GRANT SELECT, INSERT ON alerts TO api;
GRANT UPDATE (state, value, threshold, occurrences, last_at, quiet_at, evidence, acknowledged_at, acknowledged_by)
  ON alerts TO api;

CREATE TABLE incident_notes (
  id            text COLLATE "C" PRIMARY KEY
    CONSTRAINT incident_notes_id_shape CHECK (id ~ '^nte_[0-9a-hjkmnp-tv-z]{26}$'),
  incident_id   text COLLATE "C" NOT NULL CONSTRAINT incident_notes_incident REFERENCES incidents (id),
  at            timestamptz(3) NOT NULL,
  operator_id   text COLLATE "C" NOT NULL,
  operator_name text,
  note          text NOT NULL CONSTRAINT incident_notes_are_short CHECK (length(note) BETWEEN 1 AND 4000)
);
CREATE INDEX incident_notes_by_incident ON incident_notes (incident_id, id);
-- Append-only: there is no right to change a note or to take it away.
GRANT SELECT, INSERT ON incident_notes TO api;
