-- Tickets with which a browser opens one event stream (SPEC 8): it cannot send a header there, and an address is no place for the
-- admin token.

CREATE TABLE stream_tickets (
  id          text COLLATE "C" PRIMARY KEY
    CONSTRAINT stream_tickets_id_shape CHECK (id ~ '^tkt_[0-9a-hjkmnp-tv-z]{26}$'),
  -- SHA-256 over the hash of the admin token that asked and the ticket: without both, no row is found.
  ticket_hash bytea NOT NULL CONSTRAINT stream_tickets_once UNIQUE
    CONSTRAINT stream_tickets_hash_is_sha256 CHECK (octet_length(ticket_hash) = 32),
  operator_id text NOT NULL CONSTRAINT stream_tickets_of_operator REFERENCES operators (id),
  issued_at   timestamptz(3) NOT NULL,
  expires_at  timestamptz(3) NOT NULL,
  used_at     timestamptz(3),
  CONSTRAINT stream_tickets_live_30_seconds
    CHECK (expires_at > issued_at AND expires_at <= issued_at + interval '30 seconds'),
  CONSTRAINT stream_tickets_used_while_they_live CHECK (used_at < expires_at)
);
CREATE INDEX stream_tickets_by_expiry ON stream_tickets (expires_at);
GRANT SELECT, INSERT, DELETE ON stream_tickets TO api;
GRANT UPDATE (used_at) ON stream_tickets TO api;

-- One connection: a ticket that was used is never used again, nor made unused.
CREATE FUNCTION stream_tickets_open_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'stream_tickets_open_once',
    MESSAGE = 'a ticket opens one stream';
END
$$;
CREATE TRIGGER stream_tickets_open_once BEFORE UPDATE ON stream_tickets
  FOR EACH ROW WHEN (OLD.used_at IS NOT NULL) EXECUTE FUNCTION stream_tickets_open_once();
