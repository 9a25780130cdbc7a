-- The webhook of alerts (SPEC 16): one address, and an outbox whose rows are written in the transaction of what they tell, so that
-- nothing that happened is forgotten when a process dies. No secret is here: it is derived from a key that the database lacks.

CREATE TABLE alert_webhooks (
  id                text COLLATE "C" PRIMARY KEY
    CONSTRAINT alert_webhooks_id_shape CHECK (id ~ '^whk_[0-9a-hjkmnp-tv-z]{26}$'),
  url               text NOT NULL CONSTRAINT alert_webhooks_url_is_plain CHECK (length(url) <= 500 AND url !~ '[?#]'),
  set_at            timestamptz(3) NOT NULL,
  set_by            text NOT NULL,
  -- Calls that failed since the last one that did not, and since when it counts as failing.
  failures          integer NOT NULL DEFAULT 0 CONSTRAINT alert_webhooks_failures_are_counted CHECK (failures >= 0),
  failing_since     timestamptz(3),
  last_delivered_at timestamptz(3),
  ended_at          timestamptz(3),
  ended_by          text,
  CONSTRAINT alert_webhooks_ended_as_a_whole CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX alert_webhooks_one_at_a_time ON alert_webhooks ((true)) WHERE ended_at IS NULL;
GRANT SELECT, INSERT ON alert_webhooks TO api;
GRANT UPDATE (failures, failing_since, last_delivered_at, ended_at, ended_by) ON alert_webhooks TO api;

CREATE TABLE alert_deliveries (
  -- The ledger entry that it tells of: whoever receives it twice knows it by this id.
  event_id text COLLATE "C" PRIMARY KEY
    CONSTRAINT alert_deliveries_id_shape CHECK (event_id ~ '^evt_[0-9a-hjkmnp-tv-z]{26}$'),
  kind     text COLLATE "C" NOT NULL,
  at       timestamptz(3) NOT NULL,
  -- The bytes of every attempt.
  body     text NOT NULL,
  state    text NOT NULL DEFAULT 'pending'
    CONSTRAINT alert_deliveries_state_is_known CHECK (state IN ('pending', 'delivered', 'dead', 'dropped')),
  attempts integer NOT NULL DEFAULT 0 CONSTRAINT alert_deliveries_attempts_are_counted CHECK (attempts >= 0),
  -- When it is tried next. Whoever takes it moves this to the end of its lease, and raises the fence that it has to show afterwards.
  due_at   timestamptz(3) NOT NULL,
  fence    integer NOT NULL DEFAULT 0,
  error    text,
  status   integer,
  done_at  timestamptz(3),
  CONSTRAINT alert_deliveries_done_as_a_whole CHECK ((state = 'pending') = (done_at IS NULL))
);
CREATE INDEX alert_deliveries_waiting ON alert_deliveries (due_at, event_id) WHERE state = 'pending';
CREATE INDEX alert_deliveries_by_state ON alert_deliveries (state, done_at);
GRANT SELECT, INSERT, DELETE ON alert_deliveries TO api;
GRANT UPDATE (state, attempts, due_at, fence, error, status, done_at) ON alert_deliveries TO api;
