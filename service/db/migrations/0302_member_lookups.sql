-- How often an account asked for the account behind an e-mail address (SPEC 11): whoever owns a brand is told whether there is one, so
-- nobody may ask often. One row an account; moments that no longer count are dropped when the next one comes.

CREATE TABLE member_lookups (
  account_id text COLLATE "C" PRIMARY KEY CONSTRAINT member_lookups_account REFERENCES accounts (id),
  moments    timestamptz(3)[] NOT NULL CONSTRAINT member_lookups_are_few CHECK (cardinality(moments) BETWEEN 1 AND 100)
);
GRANT SELECT, INSERT ON member_lookups TO api;
GRANT UPDATE (moments) ON member_lookups TO api;
