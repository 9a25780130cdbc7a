-- Refusals of the current minutes (SPEC 10): one row for a minute and reason, whoever and however many called. A closed
-- minute leaves this table in the transaction that stages its ledger entry, so it enters the ledger exactly once.

CREATE TABLE refusal_signals (
  minute   timestamptz(0) NOT NULL,
  kind     text NOT NULL CONSTRAINT refusal_signals_kind_is_known CHECK (kind IN ('auth', 'limit')),
  -- The error slug of an auth refusal, the scope of a limit.
  reason   text NOT NULL CONSTRAINT refusal_signals_reason_is_a_slug CHECK (reason ~ '^[a-z_]{1,40}$'),
  plane    text NOT NULL CONSTRAINT refusal_signals_plane_is_known CHECK (plane IN ('public', 'admin')),
  count    bigint NOT NULL CONSTRAINT refusal_signals_count_is_positive CHECK (count > 0),
  subjects bigint NOT NULL CONSTRAINT refusal_signals_subjects_is_natural CHECK (subjects >= 0),
  CONSTRAINT refusal_signals_once PRIMARY KEY (minute, kind, reason, plane)
);
GRANT SELECT, INSERT, DELETE ON refusal_signals TO api;
GRANT UPDATE (count, subjects) ON refusal_signals TO api;
