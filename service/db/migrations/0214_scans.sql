-- The scan plane (SPEC 12). Its role can read one view and call two functions, and nothing else in this database.

GRANT USAGE ON SCHEMA public TO resolver;

-- What a scan may know of a token: how it is found, what it is of and in which state; never the envelope of its code.
CREATE VIEW scan_tokens AS
  SELECT t.code_hash, t.id, t.brand_id, b.name AS brand, t.serial, t.activation, t.state, t.activated_at, j.product,
         lpad(j.product->>'gtin', 14, '0') AS gtin
  FROM mint_tokens t
  JOIN mint_jobs j ON j.id = t.job_id AND j.brand_id = t.brand_id
  JOIN brands b ON b.id = t.brand_id;
GRANT SELECT ON scan_tokens TO resolver;

-- A GTIN and a serial name a product, not its code: few jobs have the GTIN, and a brand has a serial once.
CREATE INDEX mint_jobs_by_gtin ON mint_jobs (lpad(product->>'gtin', 14, '0'));

-- One row a scan. The client is a network, never an address, and the moment is an hour.
CREATE TABLE scans (
  number   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- The ledger entry that was staged with it.
  entry_id entry_id NOT NULL,
  token_id text COLLATE "C" NOT NULL,
  brand_id text COLLATE "C" NOT NULL,
  hour     timestamptz(0) NOT NULL
    CONSTRAINT scans_hour_is_whole CHECK (hour = date_trunc('hour', hour, 'UTC')),
  network  cidr NOT NULL CONSTRAINT scans_network_is_truncated
    CHECK (masklen(network) = CASE family(network) WHEN 4 THEN 24 ELSE 48 END),
  region   text NOT NULL CONSTRAINT scans_region_is_known CHECK (region IN
    ('africa', 'asia-pacific', 'europe-middle-east', 'latin-america', 'north-america', 'unknown')),
  device   text NOT NULL CONSTRAINT scans_device_is_known CHECK (device IN ('phone', 'tablet', 'desktop', 'other'))
);
CREATE INDEX scans_by_brand ON scans (brand_id, hour);
-- Hours follow the order of arrival, so a block range index finds a period, and what is too old, at little cost.
CREATE INDEX scans_by_hour ON scans USING brin (hour);
GRANT SELECT, DELETE ON scans TO api;

-- What was no scan of a person: counted, and nothing told of who or which token it was.
CREATE TABLE scan_passers (
  brand_id text COLLATE "C" NOT NULL,
  hour     timestamptz(0) NOT NULL
    CONSTRAINT scan_passers_hour_is_whole CHECK (hour = date_trunc('hour', hour, 'UTC')),
  kind     text NOT NULL CONSTRAINT scan_passers_kind_is_known CHECK (kind IN ('bot', 'preview')),
  count    bigint NOT NULL CONSTRAINT scan_passers_count_is_natural CHECK (count >= 0),
  CONSTRAINT scan_passers_once PRIMARY KEY (brand_id, hour, kind)
);
GRANT SELECT, DELETE ON scan_passers TO api;

-- Stages one entry of the scan plane. The kind and the actor are not its caller's to choose; neither is the seal, whose key the
-- database lacks: the integrator takes an entry only if the caller sealed exactly what stands here, and with the key of these kinds.
CREATE FUNCTION scan_stage(kind text, id entry_id, at timestamptz, data text, leaf text, mac bytea, salts bytea)
RETURNS void LANGUAGE sql SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  INSERT INTO public.ledger_salts (entry_id, salts) VALUES (id, salts);
  INSERT INTO public.ledger_staged (id, kind, at, actor_type, actor_id, data, leaf, mac)
  VALUES (id, kind, at, 'system', 'resolver', data, leaf, mac);
END;

-- Telemetry: scans of a moment, what passed beside them, and the entry that counts both.
CREATE FUNCTION scan_record(
  tokens text[], hours timestamptz[], networks cidr[], regions text[], devices text[],
  passer_brands text[], passer_hours timestamptz[], passer_kinds text[], passer_counts bigint[],
  entry_id text, entry_at timestamptz, entry_data text, entry_leaf text, entry_mac bytea, entry_salts bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  recorded bigint;
  bots     bigint;
  previews bigint;
BEGIN
  INSERT INTO public.scans (entry_id, token_id, brand_id, hour, network, region, device)
  SELECT entry_id, t.id, t.brand_id, s.hour, s.network, s.region, s.device
  FROM unnest(tokens, hours, networks, regions, devices) WITH ORDINALITY AS s (token, hour, network, region, device, place)
  JOIN public.mint_tokens t ON t.id = s.token ORDER BY s.place;
  GET DIAGNOSTICS recorded = ROW_COUNT;
  INSERT INTO public.scan_passers AS p (brand_id, hour, kind, count)
  SELECT b.id, g.hour, g.kind, g.count
  FROM unnest(passer_brands, passer_hours, passer_kinds, passer_counts) AS g (brand, hour, kind, count)
  JOIN public.brands b ON b.id = g.brand ORDER BY 1, 2, 3
  ON CONFLICT ON CONSTRAINT scan_passers_once DO UPDATE SET count = p.count + excluded.count;
  SELECT coalesce(sum(g.count) FILTER (WHERE g.kind = 'bot'), 0), coalesce(sum(g.count) FILTER (WHERE g.kind = 'preview'), 0)
  INTO bots, previews FROM unnest(passer_kinds, passer_counts) AS g (kind, count);
  IF recorded IS DISTINCT FROM cardinality(tokens)
    OR entry_data::jsonb IS DISTINCT FROM jsonb_build_object('scans', recorded, 'bots', bots, 'previews', previews) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'scan_record_is_what_its_entry_tells',
      MESSAGE = 'the entry tells something else';
  END IF;
  PERFORM public.scan_stage('scans.recorded', entry_id, entry_at, entry_data, entry_leaf, entry_mac, entry_salts);
END
$$;

-- The first scan of a token that waits for it. The row lock lets one of many through. Returns whether this call activated it.
CREATE FUNCTION scan_activate(
  code bytea, entry_id text, entry_at timestamptz, entry_data text, entry_leaf text, entry_mac bytea, entry_salts bytea
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  token record;
BEGIN
  UPDATE public.mint_tokens SET state = 'active', activated_at = clock_timestamp()
  WHERE code_hash = code AND activation = 'first_scan' AND state = 'issued'
  RETURNING id, brand_id INTO token;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF entry_data::jsonb IS DISTINCT FROM jsonb_build_object('token', token.id, 'brand', token.brand_id) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'scan_activate_tells_of_its_token',
      MESSAGE = 'the entry tells of something else';
  END IF;
  PERFORM public.scan_stage('scan.activated', entry_id, entry_at, entry_data, entry_leaf, entry_mac, entry_salts);
  RETURN true;
END
$$;

-- Functions are nobody's by default (0001); these two are the resolver's.
REVOKE ALL ON FUNCTION scan_stage FROM PUBLIC;
REVOKE ALL ON FUNCTION scan_record FROM PUBLIC;
REVOKE ALL ON FUNCTION scan_activate FROM PUBLIC;
GRANT EXECUTE ON FUNCTION scan_record, scan_activate TO resolver;
