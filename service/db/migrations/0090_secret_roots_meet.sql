-- Two instances may bring in the same root at the same moment. The later one meets the primary key, where `ON CONFLICT` can give way,
-- and not the trigger, which could only refuse it. A lower version is refused as before.
CREATE OR REPLACE FUNCTION secret_roots_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  broken text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.version >= coalesce((SELECT max(version) FROM secret_roots), 0) THEN RETURN NEW; END IF;
    broken := 'secret_roots_count_up';
  ELSIF NEW.version <> OLD.version OR NEW.check_value <> OLD.check_value OR NEW.activated_at <> OLD.activated_at THEN
    broken := 'secret_roots_keep_their_key';
  ELSIF OLD.retired_at IS NOT NULL OR (OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at) THEN
    broken := 'secret_roots_never_come_back';
  ELSE
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = broken,
    MESSAGE = 'a root of secrets cannot change like this';
END
$$;
