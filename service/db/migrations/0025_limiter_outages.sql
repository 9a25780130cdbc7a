-- Times in which an instance's limiter had lost Redis and counted alone (SPEC 5). A row changes in the transaction that stages
-- its ledger entry, so each outage raises one alert and one end, however often an instance tries to write them.

CREATE TABLE limiter_outages (
  id       text COLLATE "C" PRIMARY KEY
    CONSTRAINT limiter_outages_id_shape CHECK (id ~ '^out_[0-9a-hjkmnp-tv-z]{26}$'),
  began_at timestamptz(3) NOT NULL,
  reason   text NOT NULL
    CONSTRAINT limiter_outages_reason_is_known CHECK (reason IN ('slow', 'refused', 'unreachable')),
  ended_at timestamptz(3) CONSTRAINT limiter_outages_end_follows CHECK (ended_at >= began_at)
);
GRANT SELECT, INSERT ON limiter_outages TO api;
GRANT UPDATE (ended_at) ON limiter_outages TO api;
