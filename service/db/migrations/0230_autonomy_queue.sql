-- The payer's task queue and its payments (SPEC 9). A payment is written down before it is signed, signed only as often as its
-- session allows, and decided once: what may have been paid is never paid again while nobody knows.

-- One row: whether the payer may run at all. Whoever intends a payment locks it, so a pause and the day's cap see each other.
CREATE TABLE payer_control (
  one        boolean PRIMARY KEY DEFAULT true CONSTRAINT payer_control_is_one_row CHECK (one),
  paused     boolean NOT NULL DEFAULT false,
  -- 'operator', or what the service itself found: 'low-balance', 'wrong-network'.
  cause      text,
  reason     text,
  changed_at timestamptz(3),
  changed_by text,
  CONSTRAINT payer_control_pause_has_a_reason CHECK (paused = (cause IS NOT NULL) AND paused = (reason IS NOT NULL))
);
INSERT INTO payer_control DEFAULT VALUES;
GRANT SELECT ON payer_control TO api;
GRANT UPDATE (paused, cause, reason, changed_at, changed_by) ON payer_control TO api;

-- Whom the payer does not call now, because calls to it failed again and again. Instances share what they learnt.
CREATE TABLE payer_breakers (
  -- A host of a resource, or 'rpc'.
  target       text PRIMARY KEY,
  state        text NOT NULL CONSTRAINT payer_breakers_state_is_known CHECK (state IN ('closed', 'open', 'half-open')),
  failures     integer NOT NULL CONSTRAINT payer_breakers_failures_count CHECK (failures >= 0),
  since        timestamptz(3) NOT NULL,
  -- When the next trial may be made; for a trial under way, when it counts as lost.
  retry_at     timestamptz(3),
  wait_seconds integer NOT NULL CONSTRAINT payer_breakers_wait_is_bounded CHECK (wait_seconds BETWEEN 1 AND 900),
  CONSTRAINT payer_breakers_wait_while_not_closed CHECK ((state = 'closed') = (retry_at IS NULL))
);
GRANT SELECT, INSERT ON payer_breakers TO api;
GRANT UPDATE (state, failures, since, retry_at, wait_seconds) ON payer_breakers TO api;

CREATE TABLE payer_tasks (
  id                text COLLATE "C" PRIMARY KEY
    CONSTRAINT payer_tasks_id_shape CHECK (id ~ '^tsk_[0-9a-hjkmnp-tv-z]{26}$'),
  url               text NOT NULL CONSTRAINT payer_tasks_url_is_short CHECK (length(url) BETWEEN 8 AND 2000),
  host              text NOT NULL,
  session_id        text COLLATE "C" NOT NULL REFERENCES payer_sessions,
  asset             text NOT NULL,
  -- What a fetch is worth and what it may cost, in the asset's smallest unit.
  value             bigint NOT NULL CONSTRAINT payer_tasks_value_not_negative CHECK (value >= 0),
  cost              bigint NOT NULL CONSTRAINT payer_tasks_cost_not_negative CHECK (cost >= 0),
  freshness_seconds integer NOT NULL
    CONSTRAINT payer_tasks_freshness_is_bounded CHECK (freshness_seconds BETWEEN 60 AND 2592000),
  state             text NOT NULL DEFAULT 'READY'
    CONSTRAINT payer_tasks_state_is_known CHECK (state IN ('READY', 'PAUSED', 'CANCELLED')),
  paused_reason     text,
  failures          integer NOT NULL DEFAULT 0,
  backoff_seconds   integer NOT NULL DEFAULT 0
    CONSTRAINT payer_tasks_backoff_is_capped CHECK (backoff_seconds BETWEEN 0 AND 900),
  last_error        text,
  last_fetched_at   timestamptz(3),
  next_run_at       timestamptz(3) NOT NULL,
  resumed_at        timestamptz(3) NOT NULL,
  -- Whoever runs it: the fence tells a runner that came too late from the one that is on it.
  lease_owner       text,
  lease_expires_at  timestamptz(3),
  fence             bigint NOT NULL DEFAULT 0,
  created_at        timestamptz(3) NOT NULL,
  created_by        text NOT NULL,
  CONSTRAINT payer_tasks_worth_their_cost CHECK (value >= cost),
  CONSTRAINT payer_tasks_pause_has_a_reason CHECK ((state = 'PAUSED') = (paused_reason IS NOT NULL)),
  CONSTRAINT payer_tasks_lease_as_a_whole CHECK ((lease_owner IS NULL) = (lease_expires_at IS NULL))
);
CREATE INDEX payer_tasks_due ON payer_tasks (next_run_at) WHERE state = 'READY';
GRANT SELECT ON payer_tasks TO api;
GRANT INSERT (id, url, host, session_id, asset, value, cost, freshness_seconds, next_run_at, resumed_at, created_at, created_by)
  ON payer_tasks TO api;
GRANT UPDATE (session_id, state, paused_reason, failures, backoff_seconds, last_error, last_fetched_at, next_run_at, resumed_at,
  lease_owner, lease_expires_at, fence) ON payer_tasks TO api;

CREATE FUNCTION payer_tasks_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'CANCELLED' OR NEW.fence < OLD.fence THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'payer_tasks_cancelled_stay_cancelled',
      MESSAGE = 'a task cannot change like this';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER payer_tasks_transition BEFORE UPDATE ON payer_tasks
  FOR EACH ROW EXECUTE FUNCTION payer_tasks_transition();

CREATE TABLE payer_payments (
  id                text COLLATE "C" PRIMARY KEY
    CONSTRAINT payer_payments_id_shape CHECK (id ~ '^pmt_[0-9a-hjkmnp-tv-z]{26}$'),
  task_id           text COLLATE "C" NOT NULL REFERENCES payer_tasks,
  session_id        text COLLATE "C" NOT NULL REFERENCES payer_sessions,
  -- INTENDED: written down, nothing has left. SIGNED: it may have left. The others are the end.
  state             text NOT NULL DEFAULT 'INTENDED'
    CONSTRAINT payer_payments_state_is_known CHECK (state IN ('INTENDED', 'SIGNED', 'SETTLED', 'VOID')),
  host              text NOT NULL,
  network           text NOT NULL,
  asset             text NOT NULL,
  decimals          integer NOT NULL,
  amount            bigint NOT NULL CONSTRAINT payer_payments_amount_above_zero CHECK (amount > 0),
  payer             text NOT NULL,
  pay_to            text NOT NULL,
  fee_payer         text NOT NULL,
  -- After this height of the chain the transaction can never be included: what did not happen by then never will.
  last_valid_height bigint NOT NULL,
  -- The payer's own signature over the message, by which the transaction is found whoever sent it.
  signature         text CONSTRAINT payer_payments_signature_once UNIQUE,
  -- The network's name of the transaction: the fee payer's signature.
  transaction       text CONSTRAINT payer_payments_transaction_once UNIQUE,
  -- What whoever was paid says that the transaction is called; believed only once the network says so too.
  claimed           text,
  disputed          boolean NOT NULL DEFAULT false,
  delivered         boolean NOT NULL DEFAULT false,
  ended_reason      text,
  created_at        timestamptz(3) NOT NULL,
  ended_at          timestamptz(3),
  CONSTRAINT payer_payments_signed_with_a_signature CHECK ((state IN ('SIGNED', 'SETTLED')) <= (signature IS NOT NULL)),
  CONSTRAINT payer_payments_settled_by_a_transaction CHECK ((state = 'SETTLED') = (transaction IS NOT NULL)),
  CONSTRAINT payer_payments_ended_as_a_whole CHECK ((state IN ('SETTLED', 'VOID')) = (ended_at IS NOT NULL))
);
-- While the outcome of a payment is unknown, its task has no second one.
CREATE UNIQUE INDEX payer_payments_one_open_per_task ON payer_payments (task_id) WHERE state IN ('INTENDED', 'SIGNED');
CREATE INDEX payer_payments_by_asset_and_time ON payer_payments (asset, created_at) WHERE state <> 'VOID';
CREATE INDEX payer_payments_by_task ON payer_payments (task_id, created_at);
GRANT SELECT ON payer_payments TO api;
GRANT INSERT (id, task_id, session_id, host, network, asset, decimals, amount, payer, pay_to, fee_payer, last_valid_height,
  created_at) ON payer_payments TO api;
GRANT UPDATE (state, signature, transaction, claimed, disputed, delivered, ended_reason, ended_at) ON payer_payments TO api;

CREATE FUNCTION payer_payments_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state IN ('SETTLED', 'VOID') AND NEW.state <> OLD.state)
    OR (OLD.state = 'SIGNED' AND NEW.state = 'INTENDED')
    OR (OLD.signature IS NOT NULL AND NEW.signature IS DISTINCT FROM OLD.signature) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'payer_payments_are_decided_once',
      MESSAGE = 'a payment cannot change like this';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER payer_payments_transition BEFORE UPDATE ON payer_payments
  FOR EACH ROW EXECUTE FUNCTION payer_payments_transition();
