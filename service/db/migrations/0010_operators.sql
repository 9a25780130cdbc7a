-- Operators, the one-time codes with which they enrol, and what keeps a signed request from counting twice (SPEC 8).

CREATE TABLE operators (
  id             text COLLATE "C" PRIMARY KEY
    CONSTRAINT operators_id_shape CHECK (id ~ '^opr_[0-9a-hjkmnp-tv-z]{26}$'),
  name           text NOT NULL CONSTRAINT operators_name_is_short CHECK (length(name) BETWEEN 1 AND 64),
  role           text NOT NULL
    CONSTRAINT operators_role_is_known CHECK (role IN ('reviewer', 'responder', 'custodian', 'administrator')),
  -- RFC 7638 thumbprint of the public key: the keyid of its signatures.
  key_id         text NOT NULL CONSTRAINT operators_key_once UNIQUE,
  public_key     text NOT NULL,
  enrolled_by    text NOT NULL
    CONSTRAINT operators_enrolled_by_is_known CHECK (enrolled_by IN ('first-enrolment', 'invitation')),
  enrolled_at    timestamptz(3) NOT NULL,
  last_signed_at timestamptz(3),
  revoked_at     timestamptz(3)
);
-- Whoever wins the race for the first enrolment, the other one loses here.
CREATE UNIQUE INDEX operators_first_once ON operators (enrolled_by) WHERE enrolled_by = 'first-enrolment';
GRANT SELECT, INSERT ON operators TO api;
GRANT UPDATE (last_signed_at) ON operators TO api;

-- Only hashes: the code itself is in a file of the host (first enrolment) or was shown once (invitation).
CREATE TABLE enrolment_codes (
  id         text COLLATE "C" PRIMARY KEY
    CONSTRAINT enrolment_codes_id_shape CHECK (id ~ '^inv_[0-9a-hjkmnp-tv-z]{26}$'),
  code_hash  bytea NOT NULL CONSTRAINT enrolment_codes_once UNIQUE
    CONSTRAINT enrolment_codes_hash_is_sha256 CHECK (octet_length(code_hash) = 32),
  purpose    text NOT NULL
    CONSTRAINT enrolment_codes_purpose_is_known CHECK (purpose IN ('first-enrolment', 'invitation')),
  -- Null for the first operator, who names itself.
  name       text,
  role       text NOT NULL
    CONSTRAINT enrolment_codes_role_is_known CHECK (role IN ('reviewer', 'responder', 'custodian', 'administrator')),
  issued_by  text CONSTRAINT enrolment_codes_issuer_is_operator REFERENCES operators (id),
  issued_at  timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  used_by    text CONSTRAINT enrolment_codes_user_is_operator REFERENCES operators (id),
  used_at    timestamptz(3),
  CONSTRAINT enrolment_codes_used_as_a_whole CHECK ((used_by IS NULL) = (used_at IS NULL)),
  CONSTRAINT enrolment_codes_invitation_has_name_and_issuer
    CHECK (purpose = 'first-enrolment' OR (name IS NOT NULL AND issued_by IS NOT NULL))
);
GRANT SELECT, INSERT, DELETE ON enrolment_codes TO api;
GRANT UPDATE (used_by, used_at) ON enrolment_codes TO api;

-- Nonces of signatures that were accepted, each once for ever: a row goes only when the horizon has passed it, and what
-- expires before the horizon is refused without looking. The horizon follows the highest time stored here, never a clock.
CREATE TABLE admin_nonces (
  key_id     text NOT NULL,
  nonce      text NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  CONSTRAINT admin_nonces_once PRIMARY KEY (key_id, nonce)
);
CREATE INDEX admin_nonces_by_expiry ON admin_nonces (expires_at);
GRANT SELECT, INSERT, DELETE ON admin_nonces TO api;

CREATE TABLE admin_nonce_horizon (
  one_row boolean PRIMARY KEY DEFAULT true CONSTRAINT admin_nonce_horizon_is_one_row CHECK (one_row),
  horizon timestamptz(3) NOT NULL
);
INSERT INTO admin_nonce_horizon (horizon) VALUES ('-infinity');
GRANT SELECT ON admin_nonce_horizon TO api;
GRANT UPDATE (horizon) ON admin_nonce_horizon TO api;

CREATE FUNCTION admin_nonce_horizon_advances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.horizon < OLD.horizon THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'admin_nonce_horizon_advances',
      MESSAGE = 'the horizon of used nonces never goes back';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER admin_nonce_horizon_advances BEFORE UPDATE ON admin_nonce_horizon
  FOR EACH ROW EXECUTE FUNCTION admin_nonce_horizon_advances();

-- What a mutation answered, by the idempotency key of whoever signed it. Answers that revealed a secret are not kept.
CREATE TABLE idempotent_requests (
  actor        text NOT NULL,
  key          text NOT NULL,
  request_hash bytea NOT NULL CONSTRAINT idempotent_requests_hash_is_sha256 CHECK (octet_length(request_hash) = 32),
  at           timestamptz(3) NOT NULL,
  status       integer,
  answer       text,
  -- What was made or changed, for a repeat whose answer is not shown again.
  subject      text,
  CONSTRAINT idempotent_requests_once PRIMARY KEY (actor, key)
);
CREATE INDEX idempotent_requests_by_age ON idempotent_requests (at);
GRANT SELECT, INSERT, DELETE ON idempotent_requests TO api;
GRANT UPDATE (status, answer, subject) ON idempotent_requests TO api;
