-- A settlement pays the platform for a cost that has been incurred. One that pays anybody else is a payout: whoever posted a bounty
-- from a stolen wallet would be paid by it after the freeze. Both freezes refuse it (0240, 0306); what is held for it stays held.

DROP TRIGGER transfers_are_frozen ON transfers;
CREATE TRIGGER transfers_are_frozen BEFORE INSERT ON transfers
  FOR EACH ROW WHEN (NEW.kind <> 'loss' AND NOT (NEW.kind = 'settlement' AND NEW.to_wallet = 'revenue'))
  EXECUTE FUNCTION spending_is_frozen();

CREATE OR REPLACE FUNCTION postings_count() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  incurred boolean;
  frozen text;
BEGIN
  SELECT t.kind = 'settlement' AND t.to_wallet = 'revenue' INTO incurred FROM transfers t WHERE t.id = NEW.transfer_id
    AND ((NEW.wallet = t.from_wallet AND NEW.units = -t.units) OR (NEW.wallet = t.to_wallet AND NEW.units = t.units));
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'postings_match_their_transfer',
      MESSAGE = 'a posting is what its transfer says';
  END IF;
  UPDATE wallets SET posted = posted + NEW.units WHERE address = NEW.wallet RETURNING freeze_id INTO frozen;
  IF frozen IS NOT NULL AND NEW.units < 0 AND NOT incurred THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_is_frozen',
      MESSAGE = 'an operator has frozen this wallet';
  END IF;
  RETURN NULL;
END
$$;
