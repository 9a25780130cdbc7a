-- Bounties, claims, reviews and rewards (SPEC 7). Each is a state that only moves forward, and the database refuses every other
-- step itself: whoever holds the api's password can approve nothing that reviewers did not, and pay nothing twice.

CREATE TABLE bounties (
  id           text COLLATE "C" PRIMARY KEY CONSTRAINT bounties_id_shape CHECK (id ~ '^bty_[0-9a-hjkmnp-tv-z]{26}$'),
  creator      text COLLATE "C" NOT NULL CONSTRAINT bounties_creator REFERENCES agents (id),
  title        text NOT NULL CONSTRAINT bounties_title_is_short CHECK (length(title) BETWEEN 1 AND 120),
  description  text NOT NULL CONSTRAINT bounties_description_is_short CHECK (length(description) <= 4000),
  units        bigint NOT NULL,
  -- What the creator cannot spend meanwhile: a payout never bounces.
  hold_id      text COLLATE "C" NOT NULL CONSTRAINT bounties_one_per_hold UNIQUE CONSTRAINT bounties_hold REFERENCES holds (id),
  state        text NOT NULL DEFAULT 'open' CONSTRAINT bounties_state_is_known
    CHECK (state IN ('open', 'claimed', 'submitted', 'approved', 'rejected', 'cancelled')),
  created_at   timestamptz(3) NOT NULL,
  ended_at     timestamptz(3),
  request_key  text COLLATE "C" NOT NULL,
  request_hash bytea NOT NULL CONSTRAINT bounties_request_hash_is_sha256 CHECK (octet_length(request_hash) = 32),
  CONSTRAINT bounties_once_per_key UNIQUE (creator, request_key),
  CONSTRAINT bounties_ended_as_a_whole
    CHECK ((state IN ('approved', 'rejected', 'cancelled')) = (ended_at IS NOT NULL))
);
CREATE INDEX bounties_by_state ON bounties (state, id);
GRANT SELECT ON bounties TO api;
GRANT INSERT (id, creator, title, description, units, hold_id, created_at, request_key, request_hash) ON bounties TO api;
GRANT UPDATE (state, ended_at) ON bounties TO api;

CREATE TABLE bounty_claims (
  id              text COLLATE "C" PRIMARY KEY CONSTRAINT bounty_claims_id_shape CHECK (id ~ '^clm_[0-9a-hjkmnp-tv-z]{26}$'),
  bounty_id       text COLLATE "C" NOT NULL CONSTRAINT bounty_claims_bounty REFERENCES bounties (id),
  agent_id        text COLLATE "C" NOT NULL CONSTRAINT bounty_claims_agent REFERENCES agents (id),
  state           text NOT NULL DEFAULT 'claimed' CONSTRAINT bounty_claims_state_is_known
    CHECK (state IN ('claimed', 'submitted', 'approved', 'rejected', 'lapsed', 'cancelled')),
  claimed_at      timestamptz(3) NOT NULL,
  submit_by       timestamptz(3) NOT NULL,
  submission      text CONSTRAINT bounty_claims_submission_is_bounded CHECK (length(submission) BETWEEN 1 AND 20000),
  submitted_at    timestamptz(3),
  -- Its entry in the ledger: the first checkpoint after it gives the seed.
  submitted_entry entry_id,
  ended_at        timestamptz(3),
  CONSTRAINT bounty_claims_once_per_agent UNIQUE (bounty_id, agent_id),
  CONSTRAINT bounty_claims_submitted_as_a_whole CHECK (
    num_nulls(submission, submitted_at, submitted_entry) IN (0, 3)
    AND (state <> 'claimed' OR submission IS NULL)
    AND (state NOT IN ('submitted', 'approved', 'rejected') OR submission IS NOT NULL)),
  CONSTRAINT bounty_claims_ended_as_a_whole CHECK ((state IN ('claimed', 'submitted')) = (ended_at IS NULL))
);
-- One agent at a time works on a bounty; one that let its time pass makes room for another.
CREATE UNIQUE INDEX bounty_claims_one_at_a_time ON bounty_claims (bounty_id) WHERE state <> 'lapsed';
CREATE INDEX bounty_claims_by_agent ON bounty_claims (agent_id, id);
CREATE INDEX bounty_claims_due ON bounty_claims (submit_by) WHERE state = 'claimed';
GRANT SELECT ON bounty_claims TO api;
GRANT INSERT (id, bounty_id, agent_id, claimed_at, submit_by) ON bounty_claims TO api;
GRANT UPDATE (state, submission, submitted_at, submitted_entry, ended_at) ON bounty_claims TO api;

-- Who reviews a claim. A seat that was left idle is given to somebody else; what was decided stays decided.
CREATE TABLE claim_reviews (
  claim_id   text COLLATE "C" NOT NULL CONSTRAINT claim_reviews_claim REFERENCES bounty_claims (id),
  reviewer   text COLLATE "C" NOT NULL CONSTRAINT claim_reviews_reviewer REFERENCES agents (id),
  round      integer NOT NULL,
  state      text NOT NULL DEFAULT 'assigned' CONSTRAINT claim_reviews_state_is_known
    CHECK (state IN ('assigned', 'approved', 'rejected', 'replaced', 'released')),
  assigned_at timestamptz(3) NOT NULL,
  decide_by  timestamptz(3) NOT NULL,
  ended_at   timestamptz(3),
  reason     text CONSTRAINT claim_reviews_reason_is_short CHECK (length(reason) BETWEEN 1 AND 2000),
  CONSTRAINT claim_reviews_once_per_reviewer PRIMARY KEY (claim_id, reviewer),
  CONSTRAINT claim_reviews_ended_as_a_whole CHECK ((state = 'assigned') = (ended_at IS NULL)),
  CONSTRAINT claim_reviews_decided_with_a_reason CHECK ((state IN ('approved', 'rejected')) = (reason IS NOT NULL)),
  CONSTRAINT claim_reviews_replaced_after_their_time CHECK (state <> 'replaced' OR ended_at >= decide_by)
);
CREATE INDEX claim_reviews_by_reviewer ON claim_reviews (reviewer, assigned_at);
CREATE INDEX claim_reviews_due ON claim_reviews (decide_by) WHERE state = 'assigned';
GRANT SELECT ON claim_reviews TO api;
GRANT INSERT (claim_id, reviewer, round, assigned_at, decide_by) ON claim_reviews TO api;
GRANT UPDATE (state, ended_at, reason) ON claim_reviews TO api;

-- A draw as it was done. The pool is set before the checkpoint exists whose root gives the seed, and never changes after that.
CREATE TABLE market_draws (
  claim_id         text COLLATE "C" NOT NULL CONSTRAINT market_draws_claim REFERENCES bounty_claims (id),
  round            integer NOT NULL CONSTRAINT market_draws_from_zero CHECK (round >= 0),
  seats            smallint NOT NULL CONSTRAINT market_draws_seats_are_few CHECK (seats BETWEEN 1 AND 3),
  state            text NOT NULL CONSTRAINT market_draws_state_is_known CHECK (state IN ('waiting', 'set', 'drawn', 'void')),
  pool             jsonb NOT NULL CONSTRAINT market_draws_pool_is_list CHECK (jsonb_typeof(pool) = 'array'),
  pool_hash        bytea NOT NULL CONSTRAINT market_draws_pool_hash_is_sha256 CHECK (octet_length(pool_hash) = 32),
  judged_at        timestamptz(3) NOT NULL,
  -- The entry that set the pool down.
  anchor           entry_id,
  checkpoint_epoch integer,
  checkpoint_size  bigint,
  root             bytea CONSTRAINT market_draws_root_is_sha256 CHECK (octet_length(root) = 32),
  seed             bytea CONSTRAINT market_draws_seed_is_sha256 CHECK (octet_length(seed) = 32),
  reviewers        jsonb,
  drawn_at         timestamptz(3),
  PRIMARY KEY (claim_id, round),
  CONSTRAINT market_draws_set_as_a_whole CHECK (state = 'void' OR (state = 'waiting') = (anchor IS NULL)),
  CONSTRAINT market_draws_drawn_as_a_whole CHECK (
    num_nulls(checkpoint_epoch, checkpoint_size, root, seed, reviewers, drawn_at) IN (0, 6)
    AND (state = 'drawn') = (root IS NOT NULL)),
  CONSTRAINT market_draws_fill_their_seats CHECK (jsonb_array_length(reviewers) = seats),
  CONSTRAINT market_draws_of_a_checkpoint FOREIGN KEY (checkpoint_epoch, checkpoint_size)
    REFERENCES ledger_checkpoints (epoch, size)
);
CREATE UNIQUE INDEX market_draws_one_open ON market_draws (claim_id) WHERE state IN ('waiting', 'set');
CREATE INDEX market_draws_open ON market_draws (state, judged_at) WHERE state IN ('waiting', 'set');
GRANT SELECT ON market_draws TO api;
GRANT INSERT (claim_id, round, seats, state, pool, pool_hash, judged_at, anchor) ON market_draws TO api;
GRANT UPDATE (state, pool, pool_hash, judged_at, anchor, checkpoint_epoch, checkpoint_size, root, seed, reviewers, drawn_at)
  ON market_draws TO api;

-- One reward for an approved claim, paid by the bounty's own hold: the transfer that it names is of that hold and that amount.
CREATE TABLE rewards (
  claim_id    text COLLATE "C" CONSTRAINT rewards_one_per_claim PRIMARY KEY CONSTRAINT rewards_claim REFERENCES bounty_claims (id),
  agent_id    text COLLATE "C" NOT NULL CONSTRAINT rewards_agent REFERENCES agents (id),
  units       bigint NOT NULL,
  hold_id     text COLLATE "C" NOT NULL CONSTRAINT rewards_one_per_hold UNIQUE CONSTRAINT rewards_hold REFERENCES holds (id),
  state       text NOT NULL CONSTRAINT rewards_state_is_known CHECK (state IN ('locked_unclaimed', 'claim_ready', 'settled')),
  earned_at   timestamptz(3) NOT NULL,
  released_at timestamptz(3),
  settled_at  timestamptz(3),
  transfer_id text COLLATE "C" CONSTRAINT rewards_one_payout UNIQUE,
  CONSTRAINT rewards_released_as_a_whole CHECK ((state = 'locked_unclaimed') = (released_at IS NULL)),
  CONSTRAINT rewards_settled_as_a_whole CHECK ((state = 'settled') = (settled_at IS NOT NULL)
    AND (state = 'settled') = (transfer_id IS NOT NULL)),
  CONSTRAINT rewards_settled_by_their_transfer FOREIGN KEY (transfer_id, hold_id, units)
    REFERENCES transfers (id, hold_id, units)
);
CREATE INDEX rewards_by_agent ON rewards (agent_id, claim_id);
CREATE INDEX rewards_locked ON rewards (claim_id) WHERE state = 'locked_unclaimed';
GRANT SELECT ON rewards TO api;
GRANT INSERT (claim_id, agent_id, units, hold_id, state, earned_at, released_at) ON rewards TO api;
GRANT UPDATE (state, released_at, settled_at, transfer_id) ON rewards TO api;

-- Agents that seem to be one. A flag is lifted, never deleted.
CREATE TABLE correlation_flags (
  id          text COLLATE "C" PRIMARY KEY CONSTRAINT correlation_flags_id_shape CHECK (id ~ '^flg_[0-9a-hjkmnp-tv-z]{26}$'),
  agent       text COLLATE "C" NOT NULL CONSTRAINT correlation_flags_agent REFERENCES agents (id),
  other       text COLLATE "C" NOT NULL CONSTRAINT correlation_flags_other REFERENCES agents (id),
  source      text NOT NULL CONSTRAINT correlation_flags_source_is_known CHECK (source IN ('manual', 'behaviour')),
  reason      text NOT NULL CONSTRAINT correlation_flags_reason_is_short CHECK (length(reason) BETWEEN 1 AND 500),
  evidence    jsonb,
  raised_at   timestamptz(3) NOT NULL,
  raised_by   text NOT NULL,
  lifted_at   timestamptz(3),
  lifted_by   text,
  lifted_why  text,
  CONSTRAINT correlation_flags_between_two CHECK (agent <> other),
  CONSTRAINT correlation_flags_lifted_as_a_whole CHECK (num_nulls(lifted_at, lifted_by, lifted_why) IN (0, 3)),
  CONSTRAINT correlation_flags_show_behaviour CHECK ((source = 'behaviour') = (evidence IS NOT NULL))
);
CREATE UNIQUE INDEX correlation_flags_once ON correlation_flags (agent, other) WHERE lifted_at IS NULL;
CREATE INDEX correlation_flags_by_other ON correlation_flags (other) WHERE lifted_at IS NULL;
GRANT SELECT ON correlation_flags TO api;
GRANT INSERT (id, agent, other, source, reason, evidence, raised_at, raised_by) ON correlation_flags TO api;
GRANT UPDATE (lifted_at, lifted_by, lifted_why) ON correlation_flags TO api;
