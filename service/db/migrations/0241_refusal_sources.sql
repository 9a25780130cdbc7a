-- Who was refused how often in the last minutes, by keyed hash of the address: no address is here, nor can one be found without
-- the limiter's key. Bounded per instance and minute, and emptied as minutes close.

CREATE TABLE refusal_sources (
  minute  timestamptz(0) NOT NULL,
  subject text COLLATE "C" NOT NULL CONSTRAINT refusal_sources_subject_is_short CHECK (length(subject) BETWEEN 1 AND 100),
  count   bigint NOT NULL CONSTRAINT refusal_sources_count_is_positive CHECK (count > 0),
  -- Whether the minute has been told to the ledger.
  told    boolean NOT NULL DEFAULT false,
  CONSTRAINT refusal_sources_once PRIMARY KEY (minute, subject)
);
GRANT SELECT, INSERT, DELETE ON refusal_sources TO api;
GRANT UPDATE (count, told) ON refusal_sources TO api;
