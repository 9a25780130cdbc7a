-- Exports of mint jobs (SPEC 13): what was asked for, who makes it, and which object of private storage holds it. The file itself
-- is never here. Role: api.

CREATE TABLE mint_exports (
  id               text COLLATE "C" PRIMARY KEY
    CONSTRAINT mint_exports_id_shape CHECK (id ~ '^mex_[0-9a-hjkmnp-tv-z]{26}$'),
  brand_id         text COLLATE "C" NOT NULL,
  job_id           text COLLATE "C" NOT NULL,
  format           text NOT NULL CONSTRAINT mint_exports_format_is_known CHECK (format IN ('jsonl', 'csv', 'svg', 'pdf')),
  -- Positions first to first + rows - 1 of the job.
  first            integer NOT NULL CONSTRAINT mint_exports_first_from_one CHECK (first >= 1),
  rows             integer NOT NULL CONSTRAINT mint_exports_hold_a_token CHECK (rows >= 1),
  state            text NOT NULL DEFAULT 'queued'
    CONSTRAINT mint_exports_state_is_known CHECK (state IN ('queued', 'writing', 'ready', 'failed')),
  done             integer NOT NULL DEFAULT 0,
  attempts         integer NOT NULL DEFAULT 0 CONSTRAINT mint_exports_attempts_are_natural CHECK (attempts >= 0),
  -- Why the last attempt made no file: storage mends itself and is tried again, the others do not.
  problem          text CONSTRAINT mint_exports_problem_is_known CHECK (problem IN ('storage', 'incomplete', 'unreadable')),
  retry_at         timestamptz NOT NULL DEFAULT now(),
  lease_owner      text,
  lease_expires_at timestamptz,
  -- Grows with every attempt, and names its object: a late writer writes to a name that nobody reads.
  fence            bigint NOT NULL DEFAULT 0,
  object           text COLLATE "C"
    CONSTRAINT mint_exports_object_shape CHECK (object ~ '^mex_[0-9a-hjkmnp-tv-z]{26}-[1-9][0-9]{0,8}$'),
  -- Of the file as it is downloaded.
  bytes            bigint CONSTRAINT mint_exports_bytes_are_positive CHECK (bytes > 0),
  sha256           bytea CONSTRAINT mint_exports_sha256_is_whole CHECK (octet_length(sha256) = 32),
  requested_by     text COLLATE "C" NOT NULL CONSTRAINT mint_exports_requested_by_account REFERENCES accounts (id),
  created_at       timestamptz(3) NOT NULL,
  finished_at      timestamptz(3),
  CONSTRAINT mint_exports_job_of_brand FOREIGN KEY (job_id, brand_id) REFERENCES mint_jobs (id, brand_id),
  CONSTRAINT mint_exports_done_within_rows CHECK (done BETWEEN 0 AND rows),
  -- A half-written object is never ready: state, object, length and digest come together, and with all rows.
  CONSTRAINT mint_exports_ready_as_a_whole CHECK (
    (state = 'ready') = (object IS NOT NULL) AND (state = 'ready') = (bytes IS NOT NULL)
    AND (state = 'ready') = (sha256 IS NOT NULL) AND (state <> 'ready' OR done = rows)
  ),
  CONSTRAINT mint_exports_written_under_a_lease CHECK (
    (state = 'writing') = (lease_owner IS NOT NULL) AND (state = 'writing') = (lease_expires_at IS NOT NULL)
  ),
  CONSTRAINT mint_exports_fail_for_a_reason CHECK (state <> 'failed' OR coalesce(problem <> 'storage', false)),
  CONSTRAINT mint_exports_finished_as_a_whole CHECK ((state IN ('ready', 'failed')) = (finished_at IS NOT NULL))
);
CREATE INDEX mint_exports_by_brand ON mint_exports (brand_id, id);
CREATE INDEX mint_exports_open ON mint_exports (id) WHERE state IN ('queued', 'writing');
GRANT SELECT ON mint_exports TO api;
GRANT INSERT (id, brand_id, job_id, format, first, rows, requested_by, created_at)
  ON mint_exports TO api;
GRANT UPDATE (state, done, attempts, problem, retry_at, lease_owner, lease_expires_at, fence, object, bytes, sha256, finished_at)
  ON mint_exports TO api;

CREATE FUNCTION mint_exports_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  broken text;
BEGIN
  IF OLD.finished_at IS NOT NULL THEN
    broken := 'mint_exports_finished_stay_finished';
  ELSIF NEW.fence < OLD.fence OR (NEW.fence = OLD.fence AND NEW.lease_owner IS NOT NULL
    AND NEW.lease_owner IS DISTINCT FROM OLD.lease_owner) THEN
    broken := 'mint_exports_fence_grows_with_every_owner';
  -- The object is the one of the attempt that holds the lease.
  ELSIF NEW.object IS NOT NULL AND (OLD.state <> 'writing' OR NEW.object <> OLD.id || '-' || OLD.fence) THEN
    broken := 'mint_exports_ready_with_their_own_object';
  ELSE
    RETURN NEW;
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = broken, MESSAGE = 'an export cannot change like this';
END
$$;
CREATE TRIGGER mint_exports_transition BEFORE UPDATE ON mint_exports
  FOR EACH ROW EXECUTE FUNCTION mint_exports_transition();
