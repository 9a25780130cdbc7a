-- One order stops all spending (SPEC 16). The database refuses, so that no path misses it, whoever adds one later.

CREATE TABLE spending_freezes (
  id          text COLLATE "C" PRIMARY KEY
    CONSTRAINT spending_freezes_id_shape CHECK (id ~ '^frz_[0-9a-hjkmnp-tv-z]{26}$'),
  frozen_at   timestamptz(3) NOT NULL,
  frozen_by   text NOT NULL,
  reason      text NOT NULL CONSTRAINT spending_freezes_reason_is_short CHECK (length(reason) BETWEEN 1 AND 500),
  lifted_at   timestamptz(3) CONSTRAINT spending_freezes_lift_follows CHECK (lifted_at >= frozen_at),
  lifted_by   text,
  lift_reason text CONSTRAINT spending_freezes_lift_reason_is_short CHECK (length(lift_reason) BETWEEN 1 AND 500),
  CONSTRAINT spending_freezes_lifted_as_a_whole CHECK (num_nulls(lifted_at, lifted_by, lift_reason) IN (0, 3))
);
CREATE UNIQUE INDEX spending_freezes_one_at_a_time ON spending_freezes ((true)) WHERE lifted_at IS NULL;
GRANT SELECT ON spending_freezes TO api;
GRANT INSERT (id, frozen_at, frozen_by, reason) ON spending_freezes TO api;
GRANT UPDATE (lifted_at, lifted_by, lift_reason) ON spending_freezes TO api;

CREATE FUNCTION spending_freezes_lift_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'spending_freezes_lift_once',
    MESSAGE = 'a freeze that was lifted is a record';
END
$$;
CREATE TRIGGER spending_freezes_lift_once BEFORE UPDATE ON spending_freezes
  FOR EACH ROW WHEN (OLD.lifted_at IS NOT NULL) EXECUTE FUNCTION spending_freezes_lift_once();

-- Every spend shares this lock until it commits and a freeze takes it alone: once the freeze has committed, no spend that was
-- judged before it is still to come. PostgreSQL serves its waiters in turn, so a flood of spends cannot keep a freeze waiting.
CREATE FUNCTION spending_freezes_wait_for_spends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(16, 240);
  RETURN NULL;
END
$$;
CREATE TRIGGER spending_freezes_wait_for_spends BEFORE INSERT ON spending_freezes
  FOR EACH STATEMENT EXECUTE FUNCTION spending_freezes_wait_for_spends();

CREATE FUNCTION spending_is_frozen() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(16, 240);
  -- A statement of its own, with a snapshot that is younger than the lock.
  IF EXISTS (SELECT FROM spending_freezes WHERE lifted_at IS NULL) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'spending_is_frozen',
      MESSAGE = 'an operator has stopped all spending';
  END IF;
  RETURN NEW;
END
$$;
-- The first phase of whatever is paid later.
CREATE TRIGGER holds_are_frozen BEFORE INSERT ON holds
  FOR EACH STATEMENT EXECUTE FUNCTION spending_is_frozen();
-- What was held before the freeze may be settled: its cost has been incurred. No other kind of transfer passes, known or not.
CREATE TRIGGER transfers_are_frozen BEFORE INSERT ON transfers
  FOR EACH ROW WHEN (NEW.kind NOT IN ('settlement', 'loss')) EXECUTE FUNCTION spending_is_frozen();
-- The autonomous payer counts before it signs.
CREATE TRIGGER payer_sessions_are_frozen BEFORE UPDATE ON payer_sessions
  FOR EACH ROW WHEN (NEW.signatures_used > OLD.signatures_used) EXECUTE FUNCTION spending_is_frozen();
