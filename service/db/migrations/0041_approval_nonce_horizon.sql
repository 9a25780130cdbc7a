-- Nonces of approvals go too, by a horizon of their own: an approval lives up to 24 hours, so its horizon stays that far, and five
-- minutes more, behind the highest time stored. It follows no clock, so a clock that is set back revives nothing.

CREATE TABLE approval_nonce_horizon (
  one_row boolean PRIMARY KEY DEFAULT true CONSTRAINT approval_nonce_horizon_is_one_row CHECK (one_row),
  horizon timestamptz(3) NOT NULL
);
INSERT INTO approval_nonce_horizon (horizon) VALUES ('-infinity');
GRANT SELECT ON approval_nonce_horizon TO api;
GRANT UPDATE (horizon) ON approval_nonce_horizon TO api;
CREATE TRIGGER approval_nonce_horizon_advances BEFORE UPDATE ON approval_nonce_horizon
  FOR EACH ROW EXECUTE FUNCTION admin_nonce_horizon_advances();

CREATE INDEX approval_nonces_by_expiry ON approval_nonces (expires_at);
GRANT DELETE ON approval_nonces TO api;
