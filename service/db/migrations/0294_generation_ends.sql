-- Generations that ended without a charge, by their end: what died is counted when it is found dead, not when it began.
CREATE INDEX generations_unpaid_ends ON generations (settled_at) WHERE state IN ('voided', 'abandoned');
