-- An approval may be signed away from the service and be brought to it by another operator (SPEC 8): who brought it stays with it.

ALTER TABLE proposal_approvals
  ADD COLUMN carried_by text CONSTRAINT proposal_approvals_carried_by_operator REFERENCES operators (id),
  ADD COLUMN carrier_name text,
  ADD CONSTRAINT proposal_approvals_carried_as_a_whole CHECK ((carried_by IS NULL) = (carrier_name IS NULL));
