-- Whoever keeps a key in memory hears of every change of it, by whatever instance or hand (SPEC 1). The message carries the hash
-- that the key is found by; PostgreSQL delivers it after the commit, and in the order of the commits.

CREATE FUNCTION api_keys_tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('api_keys_changed', encode(OLD.key_hash, 'hex'));
  RETURN NULL;
END
$$;

-- Columns that do not exist yet are told too; only the time of the last use decides nothing.
CREATE TRIGGER api_keys_tell_update AFTER UPDATE ON api_keys
  FOR EACH ROW WHEN (to_jsonb(OLD) - 'last_used_at' IS DISTINCT FROM to_jsonb(NEW) - 'last_used_at')
  EXECUTE FUNCTION api_keys_tell_change();
CREATE TRIGGER api_keys_tell_delete AFTER DELETE ON api_keys
  FOR EACH ROW EXECUTE FUNCTION api_keys_tell_change();

-- An empty message says that any key may have changed.
CREATE FUNCTION api_keys_tell_truncation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('api_keys_changed', '');
  RETURN NULL;
END
$$;
CREATE TRIGGER api_keys_tell_truncation AFTER TRUNCATE ON api_keys
  FOR EACH STATEMENT EXECUTE FUNCTION api_keys_tell_truncation();
