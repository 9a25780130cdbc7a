-- What the role of the probes may do: call these functions, and nothing else. Each of them tries to break a rule of the
-- database on the given worthless wallet, and takes it back whatever came of it. They answer the name of the constraint that
-- refused, or null: nothing refused.

GRANT USAGE ON SCHEMA public TO prober;

-- Undoes the block that raises it.
CREATE FUNCTION probe_undo() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'SP001', MESSAGE = 'undone';
END
$$;

CREATE FUNCTION probe_overdraft(source text, destination text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  refused text;
  transfer text := 'trf_' || repeat('0', 26);
BEGIN
  IF (SELECT sum(posted) FROM wallets WHERE address IN (source, destination)) <> 0 THEN
    RETURN 'not worthless';
  END IF;
  INSERT INTO transfers (id, kind, from_wallet, to_wallet, units) VALUES (transfer, 'transfer', source, destination, 1);
  INSERT INTO postings (transfer_id, wallet, units) VALUES (transfer, source, -1);
  INSERT INTO postings (transfer_id, wallet, units) VALUES (transfer, destination, 1);
  PERFORM probe_undo();
EXCEPTION
  WHEN check_violation THEN
    GET STACKED DIAGNOSTICS refused = CONSTRAINT_NAME;
    RETURN refused;
  WHEN SQLSTATE 'SP001' THEN
    RETURN NULL;
END
$$;

CREATE FUNCTION probe_unmatched_posting(source text, destination text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  refused text;
  transfer text := 'trf_' || repeat('0', 26);
BEGIN
  INSERT INTO transfers (id, kind, from_wallet, to_wallet, units) VALUES (transfer, 'transfer', source, destination, 1);
  INSERT INTO postings (transfer_id, wallet, units) VALUES (transfer, destination, 100000000);
  PERFORM probe_undo();
EXCEPTION
  WHEN check_violation THEN
    GET STACKED DIAGNOSTICS refused = CONSTRAINT_NAME;
    RETURN refused;
  WHEN SQLSTATE 'SP001' THEN
    RETURN NULL;
END
$$;

CREATE FUNCTION probe_negative_hold(source text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  refused text;
BEGIN
  INSERT INTO holds (id, wallet, units, purpose, reference, expires_at)
    VALUES ('hld_' || repeat('0', 26), source, -1, 'probe', 'probe', now() + interval '1 minute');
  PERFORM probe_undo();
EXCEPTION
  WHEN check_violation THEN
    GET STACKED DIAGNOSTICS refused = CONSTRAINT_NAME;
    -- A hold of less than nothing that only the sum of holds refuses is one that a larger hold would carry.
    RETURN nullif(refused, 'wallets_hold_never_negative');
  WHEN SQLSTATE 'SP001' THEN
    RETURN NULL;
END
$$;

-- Roles that may change or delete what has been said in the log; the integrator takes a staged entry away when it numbers it.
CREATE FUNCTION probe_rewriters() RETURNS SETOF text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT r.rolname || ' may ' || p || ' ' || t
  FROM pg_roles r, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) p, unnest(ARRAY['ledger_staged', 'ledger_entries']) t
  WHERE r.rolname IN (SELECT rolname FROM pg_roles WHERE rolcanlogin AND NOT rolsuper)
    AND r.oid <> (SELECT relowner FROM pg_class WHERE oid = 'public.ledger_entries'::regclass)
    AND NOT (r.rolname = 'integrator' AND p = 'DELETE' AND t = 'ledger_staged')
    AND (has_table_privilege(r.oid, ('public.' || t)::regclass, p)
         OR (p = 'UPDATE' AND has_any_column_privilege(r.oid, ('public.' || t)::regclass, p)))
$$;

-- Recent rows that hold this text, or its bytes. The text is a secret of the probes' own tenant, whose rows are recent.
CREATE FUNCTION probe_rows_with(needle text) RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH sample AS (
    (SELECT k::text AS line FROM api_keys k ORDER BY id DESC LIMIT 500)
    UNION ALL (SELECT s::text FROM provider_secrets s ORDER BY id DESC LIMIT 500)
    UNION ALL (SELECT t::text FROM refresh_tokens t ORDER BY issued_at DESC LIMIT 500)
    UNION ALL (SELECT a::text FROM accounts a ORDER BY id DESC LIMIT 500)
  )
  SELECT count(*) FROM sample
  WHERE length(needle) >= 16
    AND (position(needle IN line) > 0 OR position(encode(convert_to(needle, 'UTF8'), 'hex') IN line) > 0)
$$;

DO $$
DECLARE
  f regprocedure;
BEGIN
  FOREACH f IN ARRAY ARRAY['probe_undo()', 'probe_overdraft(text, text)', 'probe_unmatched_posting(text, text)',
    'probe_negative_hold(text)', 'probe_rewriters()', 'probe_rows_with(text)']::regprocedure[]
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    IF f <> 'probe_undo()'::regprocedure THEN
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO prober', f);
    END IF;
  END LOOP;
END
$$;
