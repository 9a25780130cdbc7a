-- A contained account signs in no more (SPEC 16): its password would open all again that its containment has revoked. The database
-- refuses the session, so that no path misses it. Two persons release it; what was revoked stays revoked.

ALTER TABLE containments
  ADD COLUMN released_at    timestamptz(3) CONSTRAINT containments_release_follows CHECK (released_at >= finished_at),
  ADD COLUMN released_by    text COLLATE "C",
  ADD COLUMN release_reason text
    CONSTRAINT containments_release_reason_is_short CHECK (length(release_reason) BETWEEN 1 AND 500),
  ADD CONSTRAINT containments_released_as_a_whole CHECK (num_nulls(released_at, released_by, release_reason) IN (0, 3)),
  -- A release while it still revokes would hand out sessions that it then ends.
  ADD CONSTRAINT containments_release_finished_accounts
    CHECK (released_at IS NULL OR (kind = 'account' AND finished_at IS NOT NULL));
CREATE INDEX containments_blocking ON containments (credential) WHERE kind = 'account' AND released_at IS NULL;
GRANT UPDATE (released_at, released_by, release_reason) ON containments TO api;

CREATE FUNCTION containments_release_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'containments_release_once',
    MESSAGE = 'a containment that was released is a record';
END
$$;
CREATE TRIGGER containments_release_once BEFORE UPDATE ON containments
  FOR EACH ROW WHEN (OLD.released_at IS NOT NULL) EXECUTE FUNCTION containments_release_once();

-- Every sign-in shares the row of its account until it commits, and a containment takes it: once that has the row, every session
-- that was let in before is to be seen and ended, and none is still to come. Foreign keys ask for less and wait for neither.
CREATE FUNCTION containments_wait_for_sign_ins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM accounts WHERE id = NEW.credential FOR NO KEY UPDATE;
  RETURN NEW;
END
$$;
CREATE TRIGGER containments_wait_for_sign_ins BEFORE INSERT ON containments
  FOR EACH ROW WHEN (NEW.kind = 'account') EXECUTE FUNCTION containments_wait_for_sign_ins();

CREATE FUNCTION account_is_contained() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM accounts WHERE id = NEW.account_id FOR SHARE;
  -- A statement of its own, with a snapshot that is younger than the lock.
  IF EXISTS (SELECT FROM containments WHERE kind = 'account' AND credential = NEW.account_id AND released_at IS NULL) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_contained',
      MESSAGE = 'an operator has contained this account';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER account_sessions_are_not_of_the_contained BEFORE INSERT ON account_sessions
  FOR EACH ROW EXECUTE FUNCTION account_is_contained();
