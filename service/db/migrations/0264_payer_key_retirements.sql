-- Wallets that two persons retired (SPEC 8, 15). A retired key never comes back, whoever configures it again.

CREATE TABLE payer_key_retirements (
  -- SHA-256 of the public key.
  fingerprint bytea CONSTRAINT payer_keys_retire_once PRIMARY KEY
    CONSTRAINT payer_key_retirements_fingerprint_is_sha256 CHECK (octet_length(fingerprint) = 32),
  address     text NOT NULL
    CONSTRAINT payer_key_retirements_address_shape CHECK (address ~ '^[1-9A-HJ-NP-Za-km-z]{32,44}$'),
  -- The key that the service paid with when it was retired.
  successor   bytea NOT NULL CONSTRAINT payer_key_retirements_have_a_successor CHECK (successor <> fingerprint),
  retired_at  timestamptz(3) NOT NULL,
  retired_by  text NOT NULL,
  reason      text NOT NULL CONSTRAINT payer_key_retirements_reason_is_short CHECK (length(reason) BETWEEN 1 AND 500),
  proposal_id text NOT NULL CONSTRAINT payer_key_retirements_of_proposal REFERENCES proposals (id)
);
GRANT SELECT, INSERT ON payer_key_retirements TO api;

-- A retirement and the start of a service with another key take the same lock: whichever comes second sees the first.
CREATE FUNCTION payer_keys_in_force_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(9, 264);
  -- A statement of its own, with a snapshot that is younger than the lock.
  IF (SELECT fingerprint FROM payer_key_generations ORDER BY generation DESC LIMIT 1) IS DISTINCT FROM NEW.successor THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'payer_keys_in_force_stay',
      MESSAGE = 'a wallet is retired once the service pays with its successor';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER payer_keys_in_force_stay BEFORE INSERT ON payer_key_retirements
  FOR EACH ROW EXECUTE FUNCTION payer_keys_in_force_stay();

CREATE FUNCTION payer_keys_stay_retired() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(9, 264);
  IF EXISTS (SELECT FROM payer_key_retirements WHERE fingerprint = NEW.fingerprint) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'payer_keys_stay_retired',
      MESSAGE = 'a retired wallet never pays again';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER payer_keys_stay_retired BEFORE INSERT ON payer_key_generations
  FOR EACH ROW EXECUTE FUNCTION payer_keys_stay_retired();
