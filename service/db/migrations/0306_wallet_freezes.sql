-- One wallet is frozen while all others go on (SPEC 16). What is in it stays in it: the two functions that every hold and every
-- posting passes through refuse, so that no path misses it, whoever adds one later.

ALTER TABLE wallets
  ADD COLUMN freeze_id text COLLATE "C"
    CONSTRAINT wallets_freeze_id_shape CHECK (freeze_id ~ '^wfz_[0-9a-hjkmnp-tv-z]{26}$'),
  ADD COLUMN frozen_at timestamptz(3),
  ADD COLUMN frozen_by text,
  ADD COLUMN freeze_reason text
    CONSTRAINT wallets_freeze_reason_is_short CHECK (length(freeze_reason) BETWEEN 1 AND 500),
  ADD CONSTRAINT wallets_frozen_as_a_whole
    CHECK (num_nulls(freeze_id, frozen_at, frozen_by, freeze_reason) IN (0, 4)),
  -- Everybody is paid through the system accounts: to stop them is to stop all spending, and that is another order.
  ADD CONSTRAINT wallets_freeze_owners_only CHECK (freeze_id IS NULL OR num_nulls(account_id, agent_id) = 1);
CREATE INDEX wallets_frozen ON wallets (address) WHERE freeze_id IS NOT NULL;
GRANT UPDATE (freeze_id, frozen_at, frozen_by, freeze_reason) ON wallets TO api;

-- Of a wallet a person or process changes its freeze and nothing else, and one freeze never becomes another: it is lifted first.
CREATE OR REPLACE FUNCTION wallets_change_by_entries_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.freeze_id IS NULL) <> (NEW.freeze_id IS NULL)
    AND (NEW.address, NEW.account_id, NEW.agent_id, NEW.posted, NEW.held, NEW.created_at)
      IS NOT DISTINCT FROM (OLD.address, OLD.account_id, OLD.agent_id, OLD.posted, OLD.held, OLD.created_at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'wallets_change_by_entries_only',
    MESSAGE = 'a balance changes by postings and holds only';
END
$$;

-- A spend and a freeze change the same row, so one waits for the other: once the freeze has committed, no spend that was judged
-- before it is still to come. The row that is looked at is the one that is locked.
CREATE OR REPLACE FUNCTION holds_count() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  frozen text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE wallets SET held = held + NEW.units WHERE address = NEW.wallet RETURNING freeze_id INTO frozen;
    IF frozen IS NOT NULL THEN
      RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_is_frozen',
        MESSAGE = 'an operator has frozen this wallet';
    END IF;
  ELSE
    UPDATE wallets SET held = held - OLD.units WHERE address = OLD.wallet;
  END IF;
  RETURN NULL;
END
$$;

-- What was held before the freeze may be settled, and a wallet may be credited. Nothing else passes, whatever its kind.
CREATE OR REPLACE FUNCTION postings_count() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  moves text;
  frozen text;
BEGIN
  SELECT t.kind INTO moves FROM transfers t WHERE t.id = NEW.transfer_id
    AND ((NEW.wallet = t.from_wallet AND NEW.units = -t.units) OR (NEW.wallet = t.to_wallet AND NEW.units = t.units));
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'postings_match_their_transfer',
      MESSAGE = 'a posting is what its transfer says';
  END IF;
  UPDATE wallets SET posted = posted + NEW.units WHERE address = NEW.wallet RETURNING freeze_id INTO frozen;
  IF frozen IS NOT NULL AND NEW.units < 0 AND moves <> 'settlement' THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_is_frozen',
      MESSAGE = 'an operator has frozen this wallet';
  END IF;
  RETURN NULL;
END
$$;
