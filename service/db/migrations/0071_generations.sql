-- Generations (SPEC 6): what was called, held and paid. There is no column that a prompt or an answer would fit into.

-- What each key has spent and holds. The row's lock decides between generations of one key, so a limit cannot be raced.
CREATE TABLE key_spend (
  key_id      text COLLATE "C" PRIMARY KEY CONSTRAINT key_spend_key REFERENCES api_keys (id),
  spent_units bigint NOT NULL DEFAULT 0 CONSTRAINT key_spend_spent_is_natural CHECK (spent_units >= 0),
  held_units  bigint NOT NULL DEFAULT 0 CONSTRAINT key_spend_held_is_natural CHECK (held_units >= 0)
);
GRANT SELECT, INSERT ON key_spend TO api;
GRANT UPDATE (spent_units, held_units) ON key_spend TO api;

CREATE FUNCTION key_spend_within_limit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.spent_units + NEW.held_units > (SELECT spend_limit FROM api_keys WHERE id = NEW.key_id) THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'key_spend_within_limit',
      MESSAGE = 'a key holds and spends no more than its limit';
  END IF;
  RETURN NEW;
END
$$;
-- Only what is held anew is judged: what was held within the limit may always be paid.
CREATE TRIGGER key_spend_first_within_limit BEFORE INSERT ON key_spend
  FOR EACH ROW EXECUTE FUNCTION key_spend_within_limit();
CREATE TRIGGER key_spend_within_limit BEFORE UPDATE ON key_spend
  FOR EACH ROW WHEN (NEW.held_units > OLD.held_units) EXECUTE FUNCTION key_spend_within_limit();

CREATE TABLE generations (
  id            text COLLATE "C" PRIMARY KEY
    CONSTRAINT generations_id_shape CHECK (id ~ '^gen_[0-9a-hjkmnp-tv-z]{26}$'),
  key_id        text COLLATE "C" NOT NULL CONSTRAINT generations_key REFERENCES api_keys (id),
  account_id    text COLLATE "C",
  agent_id      text COLLATE "C",
  model         text NOT NULL CONSTRAINT generations_model_is_short CHECK (length(model) BETWEEN 1 AND 128),
  provider      text NOT NULL CONSTRAINT generations_provider_is_a_slug CHECK (provider ~ '^[a-z0-9._-]{2,64}$'),
  streamed      boolean NOT NULL,
  request_id    text NOT NULL,
  state         text NOT NULL DEFAULT 'held'
    CONSTRAINT generations_state_is_known CHECK (state IN ('held', 'settled', 'voided', 'abandoned')),
  -- An outcome, or the reason of a failure: a slug of ours, never a provider's words.
  ended         text CONSTRAINT generations_end_is_a_slug CHECK (ended ~ '^[a-z-]{1,40}$'),
  held_units    bigint NOT NULL CONSTRAINT generations_hold_something CHECK (held_units > 0),
  cost_units    bigint NOT NULL DEFAULT 0
    CONSTRAINT generations_cost_within_hold CHECK (cost_units BETWEEN 0 AND held_units),
  loss_units    bigint NOT NULL DEFAULT 0 CONSTRAINT generations_loss_is_natural CHECK (loss_units >= 0),
  usage         text CONSTRAINT generations_usage_is_known CHECK (usage IN ('reported', 'measured')),
  input_tokens  bigint CONSTRAINT generations_input_is_natural CHECK (input_tokens >= 0),
  output_tokens bigint CONSTRAINT generations_output_is_natural CHECK (output_tokens >= 0),
  -- How it was routed: steps and times, no words of anybody.
  trace         jsonb NOT NULL DEFAULT '[]',
  started_at    timestamptz(3) NOT NULL,
  -- When the hold is free again, whoever has died in between.
  expires_at    timestamptz(3) NOT NULL,
  settled_at    timestamptz(3),
  CONSTRAINT generations_end_as_a_whole
    CHECK ((state = 'held') = (settled_at IS NULL) AND (state = 'held') = (ended IS NULL)),
  CONSTRAINT generations_only_the_settled_cost
    CHECK (state = 'settled' OR (cost_units = 0 AND loss_units = 0 AND usage IS NULL))
);
CREATE INDEX generations_by_key ON generations (key_id, id);
CREATE INDEX generations_held ON generations (expires_at) WHERE state = 'held';
CREATE INDEX generations_spent ON generations (settled_at) INCLUDE (key_id, cost_units) WHERE state = 'settled';
GRANT SELECT ON generations TO api;
-- A generation begins held and unpaid: there is no right to begin it otherwise.
GRANT INSERT (id, key_id, account_id, agent_id, model, provider, streamed, request_id, held_units, started_at, expires_at)
  ON generations TO api;
GRANT UPDATE (state, ended, cost_units, loss_units, usage, input_tokens, output_tokens, trace, settled_at)
  ON generations TO api;

CREATE FUNCTION generations_end_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'generations_end_once',
    MESSAGE = 'a generation is settled once';
END
$$;
CREATE TRIGGER generations_end_once BEFORE UPDATE ON generations
  FOR EACH ROW WHEN (OLD.state <> 'held') EXECUTE FUNCTION generations_end_once();
