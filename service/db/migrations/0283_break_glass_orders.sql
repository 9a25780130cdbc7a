-- Break-glass orders (SPEC 16): containment that was signed in advance. The row decides whether one may still be run; its file is
-- what was signed for, byte by byte, and its code was never here.

CREATE TABLE break_glass_orders (
  id             text COLLATE "C" PRIMARY KEY
    CONSTRAINT break_glass_orders_id_shape CHECK (id ~ '^ord_[0-9a-hjkmnp-tv-z]{26}$'),
  file           text NOT NULL,
  -- Public half of the key of its code, base64url.
  seal           text COLLATE "C" NOT NULL CONSTRAINT break_glass_orders_seal_once UNIQUE,
  prepared_at    timestamptz(3) NOT NULL,
  prepared_by    text COLLATE "C" NOT NULL,
  until          timestamptz(3) NOT NULL,
  runs           integer NOT NULL CONSTRAINT break_glass_orders_few_runs CHECK (runs BETWEEN 1 AND 5),
  runs_used      integer NOT NULL DEFAULT 0
    CONSTRAINT break_glass_orders_runs_no_more_than_signed CHECK (runs_used BETWEEN 0 AND runs),
  refused        integer NOT NULL DEFAULT 0,
  last_run_at    timestamptz(3),
  revoked_at     timestamptz(3),
  revoked_by     text COLLATE "C",
  revoked_reason text CONSTRAINT break_glass_orders_reason_is_short CHECK (length(revoked_reason) BETWEEN 1 AND 500),
  CONSTRAINT break_glass_orders_end_after_beginning CHECK (until > prepared_at),
  CONSTRAINT break_glass_orders_revoked_as_a_whole CHECK (num_nulls(revoked_at, revoked_by, revoked_reason) IN (0, 3))
);
GRANT SELECT ON break_glass_orders TO api;
GRANT INSERT (id, file, seal, prepared_at, prepared_by, until, runs) ON break_glass_orders TO api;
GRANT UPDATE (runs_used, refused, last_run_at, revoked_at, revoked_by, revoked_reason) ON break_glass_orders TO api;

CREATE FUNCTION break_glass_orders_only_wear_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'break_glass_orders_only_wear_out',
    MESSAGE = 'a run is never given back, and a revoked order stays revoked';
END
$$;
CREATE TRIGGER break_glass_orders_only_wear_out BEFORE UPDATE ON break_glass_orders
  FOR EACH ROW WHEN (
    NEW.runs_used < OLD.runs_used OR NEW.refused < OLD.refused
    OR (OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS DISTINCT FROM OLD.revoked_at OR NEW.runs_used > OLD.runs_used))
  ) EXECUTE FUNCTION break_glass_orders_only_wear_out();

-- A request to run it that was overheard is the same request.
CREATE TABLE break_glass_runs (
  order_id text COLLATE "C" NOT NULL CONSTRAINT break_glass_runs_order REFERENCES break_glass_orders (id),
  nonce    text COLLATE "C" NOT NULL,
  at       timestamptz(3) NOT NULL,
  -- The freeze or the containment.
  subject  text COLLATE "C" NOT NULL,
  PRIMARY KEY (order_id, nonce)
);
GRANT SELECT, INSERT ON break_glass_runs TO api;
