-- Heartbeats of agents (SPEC 5): the nonce chain, how often an agent beat, and its micro-challenges.

CREATE TABLE agent_heartbeats (
  agent_id   text COLLATE "C" PRIMARY KEY
    CONSTRAINT agent_heartbeats_agent_is_short CHECK (length(agent_id) BETWEEN 1 AND 64),
  -- SHA-256 of the nonce that was given last: a dump extends nobody's chain.
  nonce_hash bytea NOT NULL CONSTRAINT agent_heartbeats_hash_is_sha256 CHECK (octet_length(nonce_hash) = 32),
  chain      integer NOT NULL CONSTRAINT agent_heartbeats_chain_starts_at_one CHECK (chain >= 1),
  first_at   timestamptz(3) NOT NULL,
  last_at    timestamptz(3) NOT NULL
);
GRANT SELECT, INSERT ON agent_heartbeats TO api;
GRANT UPDATE (nonce_hash, chain, last_at) ON agent_heartbeats TO api;

-- One row for each half hour in which an agent beat; kept for seven days.
CREATE TABLE heartbeat_slots (
  agent_id text COLLATE "C" NOT NULL,
  slot     timestamptz(0) NOT NULL
    CONSTRAINT heartbeat_slots_are_half_hours CHECK (extract(epoch FROM slot)::bigint % 1800 = 0),
  beats    integer NOT NULL CONSTRAINT heartbeat_slots_beats_is_positive CHECK (beats > 0),
  CONSTRAINT heartbeat_slots_once PRIMARY KEY (agent_id, slot)
);
CREATE INDEX heartbeat_slots_by_age ON heartbeat_slots (slot);
GRANT SELECT, INSERT, DELETE ON heartbeat_slots TO api;
GRANT UPDATE (beats) ON heartbeat_slots TO api;

CREATE TABLE heartbeat_challenges (
  id          text COLLATE "C" PRIMARY KEY
    CONSTRAINT heartbeat_challenges_id_shape CHECK (id ~ '^chl_[0-9a-hjkmnp-tv-z]{26}$'),
  agent_id    text COLLATE "C" NOT NULL,
  challenge   bytea NOT NULL
    CONSTRAINT heartbeat_challenges_are_16_bytes CHECK (octet_length(challenge) = 16),
  issued_at   timestamptz(3) NOT NULL,
  answered_at timestamptz(3),
  outcome     text CONSTRAINT heartbeat_challenges_outcome_is_known CHECK (outcome IN ('passed', 'wrong', 'late')),
  CONSTRAINT heartbeat_challenges_answered_as_a_whole CHECK ((answered_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX heartbeat_challenges_by_agent ON heartbeat_challenges (agent_id, issued_at);
CREATE INDEX heartbeat_challenges_by_age ON heartbeat_challenges (issued_at);
GRANT SELECT, INSERT, DELETE ON heartbeat_challenges TO api;
GRANT UPDATE (answered_at, outcome) ON heartbeat_challenges TO api;

-- The first answer decides (SPEC 5): an answered challenge never changes.
CREATE FUNCTION heartbeat_challenges_stay_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'heartbeat_challenges_stay_answered',
    MESSAGE = 'a challenge is answered once';
END
$$;
CREATE TRIGGER heartbeat_challenges_stay_answered BEFORE UPDATE ON heartbeat_challenges
  FOR EACH ROW WHEN (OLD.outcome IS NOT NULL) EXECUTE FUNCTION heartbeat_challenges_stay_answered();
