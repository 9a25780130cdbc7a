-- The steps that the states of the market may take. Each refusal has the name of the rule that it keeps.

CREATE FUNCTION market_refuses(broken text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = broken, MESSAGE = 'the market does not allow this step';
END
$$;
GRANT EXECUTE ON FUNCTION market_refuses(text) TO api;

-- A bounty begins with all of its credits held, of its creator's own wallet and for nothing else.
CREATE FUNCTION bounties_begin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM holds h WHERE h.id = NEW.hold_id AND h.state = 'pending' AND h.units = NEW.units
    AND h.purpose = 'bounty' AND h.reference = NEW.id AND h.wallet = 'tma_' || substr(NEW.creator, 5);
  IF NOT FOUND THEN PERFORM market_refuses('bounties_are_funded'); END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER bounties_begin BEFORE INSERT ON bounties FOR EACH ROW EXECUTE FUNCTION bounties_begin();

CREATE FUNCTION bounties_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state || ' ' || NEW.state NOT IN ('open claimed', 'open cancelled', 'claimed open', 'claimed submitted',
    'claimed cancelled', 'submitted approved', 'submitted rejected', 'submitted cancelled') THEN
    PERFORM market_refuses('bounties_only_move_forward');
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER bounties_transition BEFORE UPDATE ON bounties FOR EACH ROW EXECUTE FUNCTION bounties_transition();

CREATE FUNCTION bounty_claims_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  approvals integer;
BEGIN
  IF OLD.state || ' ' || NEW.state NOT IN ('claimed submitted', 'claimed lapsed', 'claimed cancelled', 'submitted approved',
    'submitted rejected', 'submitted cancelled') THEN
    PERFORM market_refuses('bounty_claims_only_move_forward');
  ELSIF NEW.state = 'lapsed' AND NEW.ended_at < OLD.submit_by THEN
    PERFORM market_refuses('bounty_claims_lapse_after_their_time');
  ELSIF OLD.submission IS NOT NULL AND (NEW.submission, NEW.submitted_at, NEW.submitted_entry)
    IS DISTINCT FROM (OLD.submission, OLD.submitted_at, OLD.submitted_entry) THEN
    PERFORM market_refuses('bounty_claims_keep_what_was_submitted');
  ELSIF NEW.state IN ('approved', 'rejected') THEN
    -- Three seats: two thirds, rounded up, approve; one approval less can never come together once two have rejected.
    SELECT count(*) INTO approvals FROM claim_reviews r WHERE r.claim_id = NEW.id AND r.state = NEW.state;
    IF approvals < 2 THEN PERFORM market_refuses('bounty_claims_decided_by_two_thirds'); END IF;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER bounty_claims_transition BEFORE UPDATE ON bounty_claims
  FOR EACH ROW EXECUTE FUNCTION bounty_claims_transition();

-- At commit a bounty and the claim on it say the same.
CREATE FUNCTION bounties_agree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  bounty text;
  said   text;
  worked text;
BEGIN
  bounty := CASE TG_TABLE_NAME WHEN 'bounties' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(NEW) ->> 'bounty_id' END;
  SELECT b.state, c.state INTO said, worked FROM bounties b
    LEFT JOIN bounty_claims c ON c.bounty_id = b.id AND c.state <> 'lapsed' WHERE b.id = bounty;
  IF said <> coalesce(worked, 'open') AND NOT (said = 'cancelled' AND worked IS NULL) THEN
    PERFORM market_refuses('bounties_agree_with_their_claim');
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER bounties_agree AFTER INSERT OR UPDATE ON bounties DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION bounties_agree();
CREATE CONSTRAINT TRIGGER bounty_claims_agree AFTER INSERT OR UPDATE ON bounty_claims DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION bounties_agree();

CREATE FUNCTION claim_reviews_begin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM market_draws d WHERE d.claim_id = NEW.claim_id AND d.round = NEW.round AND d.state = 'drawn'
    AND d.reviewers ? NEW.reviewer;
  IF NOT FOUND THEN PERFORM market_refuses('claim_reviews_are_drawn'); END IF;
  PERFORM FROM claim_reviews r WHERE r.claim_id = NEW.claim_id AND r.state <> 'replaced' HAVING count(*) >= 3;
  IF FOUND THEN PERFORM market_refuses('claim_reviews_have_three_seats'); END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER claim_reviews_begin BEFORE INSERT ON claim_reviews FOR EACH ROW EXECUTE FUNCTION claim_reviews_begin();

CREATE FUNCTION claim_reviews_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'assigned' OR NEW.state = 'assigned' THEN
    PERFORM market_refuses('claim_reviews_are_decided_once');
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER claim_reviews_transition BEFORE UPDATE ON claim_reviews
  FOR EACH ROW EXECUTE FUNCTION claim_reviews_transition();

CREATE FUNCTION market_draws_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state || ' ' || NEW.state NOT IN ('waiting waiting', 'waiting set', 'waiting void', 'set drawn', 'set void') THEN
    PERFORM market_refuses('market_draws_happen_once');
  ELSIF OLD.state = 'set' AND (NEW.pool, NEW.pool_hash, NEW.anchor) IS DISTINCT FROM (OLD.pool, OLD.pool_hash, OLD.anchor) THEN
    PERFORM market_refuses('market_draws_keep_their_pool');
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER market_draws_transition BEFORE UPDATE ON market_draws
  FOR EACH ROW EXECUTE FUNCTION market_draws_transition();

CREATE FUNCTION rewards_begin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM bounty_claims c JOIN bounties b ON b.id = c.bounty_id
    WHERE c.id = NEW.claim_id AND c.state = 'approved' AND c.agent_id = NEW.agent_id
    AND b.units = NEW.units AND b.hold_id = NEW.hold_id;
  IF NOT FOUND OR NEW.state = 'settled' THEN PERFORM market_refuses('rewards_follow_an_approval'); END IF;
  IF NEW.state = 'claim_ready' THEN
    PERFORM FROM agents a WHERE a.id = NEW.agent_id AND a.owner_id IS NOT NULL;
    IF NOT FOUND THEN PERFORM market_refuses('rewards_wait_for_an_owner'); END IF;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER rewards_begin BEFORE INSERT ON rewards FOR EACH ROW EXECUTE FUNCTION rewards_begin();

CREATE FUNCTION rewards_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state || ' ' || NEW.state NOT IN ('locked_unclaimed claim_ready', 'claim_ready settled') THEN
    PERFORM market_refuses('rewards_only_move_forward');
  END IF;
  PERFORM FROM agents a WHERE a.id = NEW.agent_id AND a.owner_id IS NOT NULL;
  IF NOT FOUND THEN PERFORM market_refuses('rewards_wait_for_an_owner'); END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER rewards_transition BEFORE UPDATE ON rewards FOR EACH ROW EXECUTE FUNCTION rewards_transition();

-- The credits of a bounty leave its hold with the reward, or go back with its end. By no other way, and never because time ran out.
CREATE FUNCTION holds_of_bounties_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM bounties b LEFT JOIN bounty_claims c ON c.bounty_id = b.id AND c.state = 'approved'
    LEFT JOIN rewards r ON r.claim_id = c.id
    WHERE b.hold_id = NEW.id AND ((NEW.state = 'voided' AND b.state IN ('rejected', 'cancelled'))
      OR (NEW.state = 'posted' AND r.state = 'settled' AND r.transfer_id = NEW.transfer_id));
  IF NOT FOUND THEN PERFORM market_refuses('holds_of_bounties_end_with_them'); END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER holds_of_bounties_end AFTER UPDATE ON holds DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.purpose = 'bounty') EXECUTE FUNCTION holds_of_bounties_end();

CREATE FUNCTION correlation_flags_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.lifted_at IS NOT NULL THEN PERFORM market_refuses('correlation_flags_stay_lifted'); END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER correlation_flags_transition BEFORE UPDATE ON correlation_flags
  FOR EACH ROW EXECUTE FUNCTION correlation_flags_transition();
