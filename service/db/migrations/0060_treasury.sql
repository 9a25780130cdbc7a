-- Double entry in units of 1e-8 credit (SPEC 4). A transfer is two postings that sum to zero; a balance is nothing but the sum
-- of its postings, and what is held nothing but the sum of its pending holds. The database keeps both figures itself, in the
-- transaction that changes them, and refuses what breaks a rule: whoever holds the api's password can move money by the
-- rules, and make none.

CREATE TABLE wallets (
  -- The owner's id under another prefix, or the name of a system account. Rows are locked in descending order of this column
  -- everywhere: owners' wallets first, then the busy system accounts, for as short as can be.
  address    text COLLATE "C" PRIMARY KEY,
  account_id text COLLATE "C" CONSTRAINT wallets_account REFERENCES accounts (id),
  agent_id   text COLLATE "C" CONSTRAINT wallets_agent REFERENCES agents (id),
  posted     bigint NOT NULL DEFAULT 0,
  held       bigint NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT wallets_address_is_its_owners CHECK (
    CASE
      WHEN account_id IS NOT NULL THEN agent_id IS NULL AND address = 'tmu_' || substr(account_id, 5)
      WHEN agent_id IS NOT NULL THEN address = 'tma_' || substr(agent_id, 5)
      ELSE address IN ('issuance', 'platform-loss', 'revenue')
    END),
  CONSTRAINT wallets_never_negative CHECK (posted >= 0 OR address IN ('issuance', 'platform-loss')),
  CONSTRAINT wallets_hold_never_negative CHECK (held >= 0),
  CONSTRAINT wallets_hold_within_balance CHECK (held <= greatest(posted, 0)),
  -- One movement more than this still fits 64 bits, so it is this rule that refuses, never an overflow.
  CONSTRAINT wallets_balance_is_bounded CHECK (posted BETWEEN -9000000000000000000 AND 9000000000000000000)
);
GRANT SELECT ON wallets TO api;
-- The right to lock a row. What it would write is refused by the trigger below.
GRANT UPDATE (posted, held) ON wallets TO api;

CREATE FUNCTION wallets_change_by_entries_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'wallets_change_by_entries_only',
    MESSAGE = 'a balance changes by postings and holds only';
END
$$;
-- Depth 0 is a statement of a person or process; the entries' own triggers are deeper.
CREATE TRIGGER wallets_change_by_entries_only BEFORE UPDATE OR DELETE ON wallets
  FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION wallets_change_by_entries_only();

INSERT INTO wallets (address) VALUES ('issuance'), ('platform-loss'), ('revenue');
INSERT INTO wallets (address, account_id) SELECT 'tmu_' || substr(id, 5), id FROM accounts;
INSERT INTO wallets (address, agent_id) SELECT 'tma_' || substr(id, 5), id FROM agents;

-- A wallet comes with its owner, in one transaction: there is no moment without it and no race for it.
CREATE FUNCTION open_wallet_of_account() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO wallets (address, account_id) VALUES ('tmu_' || substr(NEW.id, 5), NEW.id);
  RETURN NULL;
END
$$;
CREATE TRIGGER accounts_have_a_wallet AFTER INSERT ON accounts
  FOR EACH ROW EXECUTE FUNCTION open_wallet_of_account();

CREATE FUNCTION open_wallet_of_agent() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO wallets (address, agent_id) VALUES ('tma_' || substr(NEW.id, 5), NEW.id);
  RETURN NULL;
END
$$;
CREATE TRIGGER agents_have_a_wallet AFTER INSERT ON agents
  FOR EACH ROW EXECUTE FUNCTION open_wallet_of_agent();

-- The first phase: money that its owner cannot spend twice. A hold ends once, posted, voided or expired.
CREATE TABLE holds (
  id           text COLLATE "C" PRIMARY KEY CONSTRAINT holds_id_shape CHECK (id ~ '^hld_[0-9a-hjkmnp-tv-z]{26}$'),
  wallet       text COLLATE "C" NOT NULL CONSTRAINT holds_wallet REFERENCES wallets (address),
  units        bigint NOT NULL CONSTRAINT holds_units_are_positive CHECK (units BETWEEN 1 AND 100000000000000000),
  purpose      text NOT NULL CONSTRAINT holds_purpose_is_short CHECK (length(purpose) BETWEEN 1 AND 64),
  reference    text NOT NULL CONSTRAINT holds_reference_is_short CHECK (length(reference) BETWEEN 1 AND 200),
  state        text NOT NULL DEFAULT 'pending'
    CONSTRAINT holds_state_is_known CHECK (state IN ('pending', 'posted', 'voided', 'expired')),
  opened_at    timestamptz(3) NOT NULL DEFAULT now(),
  expires_at   timestamptz(3) NOT NULL,
  ended_at     timestamptz(3),
  posted_units bigint CONSTRAINT holds_never_posted_beyond CHECK (posted_units BETWEEN 0 AND units),
  transfer_id  text COLLATE "C",
  reason       text CONSTRAINT holds_reason_is_short CHECK (length(reason) BETWEEN 1 AND 500),
  CONSTRAINT holds_ended_as_a_whole CHECK ((state = 'pending') = (ended_at IS NULL)),
  CONSTRAINT holds_posted_as_a_whole CHECK (
    (state = 'posted') = (posted_units IS NOT NULL) AND (coalesce(posted_units, 0) > 0) = (transfer_id IS NOT NULL)),
  CONSTRAINT holds_expire_at_their_time CHECK (state <> 'expired' OR ended_at >= expires_at),
  CONSTRAINT holds_once_posted UNIQUE (id, wallet, posted_units)
);
CREATE INDEX holds_pending_by_expiry ON holds (expires_at) WHERE state = 'pending';
CREATE INDEX holds_by_wallet ON holds (wallet, id);
GRANT SELECT ON holds TO api;
-- A hold begins pending: there is no right to begin it otherwise.
GRANT INSERT (id, wallet, units, purpose, reference, expires_at) ON holds TO api;
GRANT UPDATE (state, ended_at, posted_units, transfer_id, reason) ON holds TO api;

CREATE FUNCTION holds_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  broken text;
BEGIN
  IF OLD.state <> 'pending' THEN
    broken := 'holds_end_once';
  ELSIF NEW.state = 'pending' OR (NEW.id, NEW.wallet, NEW.units, NEW.expires_at)
    IS DISTINCT FROM (OLD.id, OLD.wallet, OLD.units, OLD.expires_at) THEN
    broken := 'holds_keep_what_was_held';
  ELSE
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = broken, MESSAGE = 'a hold cannot change like this';
END
$$;
CREATE TRIGGER holds_transition BEFORE UPDATE ON holds FOR EACH ROW EXECUTE FUNCTION holds_transition();

CREATE FUNCTION holds_count() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE wallets SET held = held + NEW.units WHERE address = NEW.wallet;
  ELSE
    UPDATE wallets SET held = held - OLD.units WHERE address = OLD.wallet;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER holds_count AFTER INSERT OR UPDATE ON holds FOR EACH ROW EXECUTE FUNCTION holds_count();

-- What was moved, and why. It is corrected by another transfer, never changed.
CREATE TABLE transfers (
  id            text COLLATE "C" PRIMARY KEY CONSTRAINT transfers_id_shape CHECK (id ~ '^trf_[0-9a-hjkmnp-tv-z]{26}$'),
  kind          text NOT NULL CONSTRAINT transfers_kind_is_known
    CHECK (kind IN ('transfer', 'correction', 'admin_grant', 'settlement', 'loss')),
  from_wallet   text COLLATE "C" NOT NULL CONSTRAINT transfers_from REFERENCES wallets (address),
  to_wallet     text COLLATE "C" NOT NULL CONSTRAINT transfers_to REFERENCES wallets (address),
  units         bigint NOT NULL CONSTRAINT transfers_units_are_positive CHECK (units BETWEEN 1 AND 100000000000000000),
  memo          text CONSTRAINT transfers_memo_is_short CHECK (length(memo) <= 500),
  reference     text CONSTRAINT transfers_reference_is_short CHECK (length(reference) BETWEEN 1 AND 200),
  hold_id       text COLLATE "C" CONSTRAINT transfers_one_per_hold UNIQUE,
  -- Who asked under which Idempotency-Key for what: kept as long as the transfer, so a repeat never pays twice.
  request_scope text COLLATE "C",
  request_key   text COLLATE "C",
  request_hash  bytea CONSTRAINT transfers_request_hash_is_sha256 CHECK (octet_length(request_hash) = 32),
  entry_id      entry_id,
  at            timestamptz(3) NOT NULL DEFAULT now(),
  CONSTRAINT transfers_between_two_wallets CHECK (from_wallet <> to_wallet),
  -- Credits are made and taken away by a grant, and by nothing else; a loss is borne by the platform, and by nobody else.
  CONSTRAINT transfers_issue_by_grant_only
    CHECK ((kind = 'admin_grant') = ('issuance' IN (from_wallet, to_wallet))),
  CONSTRAINT transfers_lose_as_loss_only CHECK ((kind = 'loss') = (from_wallet = 'platform-loss')),
  CONSTRAINT transfers_settle_one_hold CHECK ((kind = 'settlement') = (hold_id IS NOT NULL)),
  CONSTRAINT transfers_requested_as_a_whole CHECK (num_nulls(request_scope, request_key, request_hash) IN (0, 3)),
  CONSTRAINT transfers_once_per_key UNIQUE (request_scope, request_key),
  CONSTRAINT transfers_settle_what_was_posted UNIQUE (id, hold_id, units),
  CONSTRAINT transfers_settle_their_hold FOREIGN KEY (hold_id, from_wallet, units)
    REFERENCES holds (id, wallet, posted_units)
);
GRANT SELECT ON transfers TO api;
GRANT INSERT (id, kind, from_wallet, to_wallet, units, memo, reference, hold_id, request_scope, request_key, request_hash,
  entry_id) ON transfers TO api;
-- A hold that says "posted" has its transfer, of that amount, at commit: no settlement succeeds without a debit.
ALTER TABLE holds ADD CONSTRAINT holds_posted_by_their_transfer FOREIGN KEY (transfer_id, id, posted_units)
  REFERENCES transfers (id, hold_id, units) DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE postings (
  number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transfer_id text COLLATE "C" NOT NULL CONSTRAINT postings_transfer REFERENCES transfers (id),
  wallet      text COLLATE "C" NOT NULL CONSTRAINT postings_wallet REFERENCES wallets (address),
  units       bigint NOT NULL,
  CONSTRAINT postings_once UNIQUE (transfer_id, wallet)
);
CREATE INDEX postings_by_wallet ON postings (wallet, number) INCLUDE (units);
GRANT SELECT ON postings TO api;
GRANT INSERT (transfer_id, wallet, units) ON postings TO api;

-- Applies a posting to its balance, when it is one of the two that its transfer says.
CREATE FUNCTION postings_count() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM transfers t WHERE t.id = NEW.transfer_id
    AND ((NEW.wallet = t.from_wallet AND NEW.units = -t.units) OR (NEW.wallet = t.to_wallet AND NEW.units = t.units));
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'postings_match_their_transfer',
      MESSAGE = 'a posting is what its transfer says';
  END IF;
  UPDATE wallets SET posted = posted + NEW.units WHERE address = NEW.wallet;
  RETURN NULL;
END
$$;
CREATE TRIGGER postings_count AFTER INSERT ON postings FOR EACH ROW EXECUTE FUNCTION postings_count();

-- At commit every transfer has both of its postings, so they sum to zero.
CREATE FUNCTION transfers_sum_to_zero() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF (SELECT count(*) = 2 AND sum(units) = 0 FROM postings WHERE transfer_id = NEW.id) THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'transfers_sum_to_zero',
    MESSAGE = 'a transfer debits one wallet and credits another';
END
$$;
CREATE CONSTRAINT TRIGGER transfers_sum_to_zero AFTER INSERT ON transfers DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION transfers_sum_to_zero();

-- Not even the owner of the tables changes what was entered.
CREATE FUNCTION entries_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, MESSAGE = 'an entry of the books never changes';
END
$$;
CREATE TRIGGER postings_are_append_only BEFORE UPDATE OR DELETE ON postings
  FOR EACH ROW EXECUTE FUNCTION entries_are_append_only();
CREATE TRIGGER transfers_are_immutable BEFORE UPDATE OR DELETE ON transfers
  FOR EACH ROW EXECUTE FUNCTION entries_are_append_only();
CREATE TRIGGER holds_are_kept BEFORE DELETE ON holds
  FOR EACH ROW EXECUTE FUNCTION entries_are_append_only();
