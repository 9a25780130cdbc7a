-- Operators come and go by two persons (SPEC 8): revocation, role changes, recovery by the host, and the stored proposals of
-- critical actions with the signatures of both persons.

ALTER TABLE operators
  ADD COLUMN revoked_by text,
  ADD COLUMN revoked_reason text,
  ADD CONSTRAINT operators_revoked_as_a_whole CHECK (
    (revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (revoked_reason IS NULL)
  ),
  DROP CONSTRAINT operators_enrolled_by_is_known,
  ADD CONSTRAINT operators_enrolled_by_is_known
    CHECK (enrolled_by IN ('first-enrolment', 'invitation', 'recovery'));
GRANT UPDATE (role, revoked_at, revoked_by, revoked_reason) ON operators TO api;

CREATE FUNCTION operators_stay_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'operators_stay_revoked',
    MESSAGE = 'a revoked operator never comes back';
END
$$;
CREATE TRIGGER operators_stay_revoked BEFORE UPDATE OF role, revoked_at, revoked_by, revoked_reason ON operators
  FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION operators_stay_revoked();

-- Locked by whoever changes who has authority, so that two such changes never judge the same roster.
CREATE TABLE operator_roster (
  one_row boolean PRIMARY KEY DEFAULT true CONSTRAINT operator_roster_is_one_row CHECK (one_row)
);
INSERT INTO operator_roster DEFAULT VALUES;
-- A row lock takes the right to update.
GRANT SELECT, UPDATE ON operator_roster TO api;

ALTER TABLE enrolment_codes
  ADD COLUMN revoked_at timestamptz(3),
  DROP CONSTRAINT enrolment_codes_purpose_is_known,
  ADD CONSTRAINT enrolment_codes_purpose_is_known
    CHECK (purpose IN ('first-enrolment', 'invitation', 'recovery')),
  DROP CONSTRAINT enrolment_codes_invitation_has_name_and_issuer,
  ADD CONSTRAINT enrolment_codes_invitation_has_name_and_issuer
    CHECK (purpose <> 'invitation' OR (name IS NOT NULL AND issued_by IS NOT NULL)),
  -- A code of an enrolment that waits for a second person is used by nobody yet, and by nobody else ever.
  ADD COLUMN claimed_at timestamptz(3);
GRANT UPDATE (revoked_at, claimed_at) ON enrolment_codes TO api;

CREATE TABLE proposals (
  id            text COLLATE "C" PRIMARY KEY
    CONSTRAINT proposals_id_shape CHECK (id ~ '^prp_[0-9a-hjkmnp-tv-z]{26}$'),
  digest        bytea NOT NULL CONSTRAINT proposals_digest_once UNIQUE
    CONSTRAINT proposals_digest_is_sha256 CHECK (octet_length(digest) = 32),
  route         text NOT NULL,
  method        text NOT NULL,
  target        text NOT NULL,
  body          text NOT NULL,
  proposer_id   text NOT NULL CONSTRAINT proposals_proposer_is_operator REFERENCES operators (id),
  proposer_name text NOT NULL,
  proposer_key  text NOT NULL,
  nonce         text NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  expires_at    timestamptz(3) NOT NULL,
  -- The proposing signature, whole: public key, signature base and signature.
  proof_key     text NOT NULL,
  proof_base    text NOT NULL,
  proof_value   bytea NOT NULL CONSTRAINT proposals_proof_is_ed25519 CHECK (octet_length(proof_value) = 64),
  state         text NOT NULL DEFAULT 'open'
    CONSTRAINT proposals_state_is_known CHECK (state IN ('open', 'executed', 'withdrawn', 'expired')),
  closed_at     timestamptz(3),
  closed_by     text,
  closed_reason text,
  subject       text,
  CONSTRAINT proposals_live_a_day CHECK (expires_at > created_at AND expires_at <= created_at + interval '24 hours'),
  CONSTRAINT proposals_closed_as_a_whole CHECK ((state = 'open') = (closed_at IS NULL)),
  CONSTRAINT proposals_executed_has_subject CHECK ((state = 'executed') = (subject IS NOT NULL)),
  CONSTRAINT proposals_by_proposer UNIQUE (id, proposer_id)
);
CREATE INDEX proposals_open ON proposals (expires_at) WHERE state = 'open';
-- What was proposed never changes: no column of it can be updated.
GRANT SELECT, INSERT ON proposals TO api;
GRANT UPDATE (state, closed_at, closed_by, closed_reason, subject) ON proposals TO api;

CREATE FUNCTION proposals_close_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'proposals_close_once',
    MESSAGE = 'a closed proposal is never opened or closed again';
END
$$;
CREATE TRIGGER proposals_close_once BEFORE UPDATE ON proposals
  FOR EACH ROW WHEN (OLD.state <> 'open') EXECUTE FUNCTION proposals_close_once();

-- The second person. One is enough, and it is never the proposer.
CREATE TABLE proposal_approvals (
  proposal_id text PRIMARY KEY,
  proposer_id text NOT NULL,
  operator_id text NOT NULL CONSTRAINT proposal_approvals_by_operator REFERENCES operators (id),
  name        text NOT NULL,
  key_id      text NOT NULL,
  signed_at   timestamptz(3) NOT NULL,
  at          timestamptz(3) NOT NULL,
  proof_key   text NOT NULL,
  proof_base  text NOT NULL,
  proof_value bytea NOT NULL CONSTRAINT proposal_approvals_proof_is_ed25519 CHECK (octet_length(proof_value) = 64),
  CONSTRAINT proposal_approvals_of_proposal FOREIGN KEY (proposal_id, proposer_id)
    REFERENCES proposals (id, proposer_id),
  CONSTRAINT proposal_approvals_by_another CHECK (operator_id <> proposer_id)
);
GRANT SELECT, INSERT ON proposal_approvals TO api;

-- Executed means approved: the approval is there before the state says so.
CREATE FUNCTION proposals_executed_when_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM proposal_approvals WHERE proposal_id = NEW.id) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'proposals_executed_when_approved',
      MESSAGE = 'a proposal is executed by the approval of a second person only';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER proposals_executed_when_approved BEFORE INSERT OR UPDATE ON proposals
  FOR EACH ROW WHEN (NEW.state = 'executed') EXECUTE FUNCTION proposals_executed_when_approved();

-- Nonces of approvals, each once for ever, whether or not the approval succeeded. An approval lives up to 24 hours, which would
-- carry the horizon of the other nonces into the future, so they are kept apart; they are few and never purged.
CREATE TABLE approval_nonces (
  key_id     text NOT NULL,
  nonce      text NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  CONSTRAINT approval_nonces_once PRIMARY KEY (key_id, nonce)
);
GRANT SELECT, INSERT ON approval_nonces TO api;

-- A limit is raised by two persons and lowered by one; the api writes both.
GRANT UPDATE (requests_per_minute) ON api_keys TO api;
