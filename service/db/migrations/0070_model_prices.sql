-- What models cost (SPEC 6): a price counts from its moment on until a later one does. Prices are only added, so what was charged
-- at any time can be computed again.

CREATE TABLE model_prices (
  id             text COLLATE "C" PRIMARY KEY
    CONSTRAINT model_prices_id_shape CHECK (id ~ '^prc_[0-9a-hjkmnp-tv-z]{26}$'),
  model          text COLLATE "C" NOT NULL
    CONSTRAINT model_prices_model_shape CHECK (model ~ '^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$'),
  effective_from timestamptz(3) NOT NULL,
  -- Units of 1e-8 credit a token. Nothing costs nothing: a model that is billed at 0 is a leak.
  input_units    bigint NOT NULL CONSTRAINT model_prices_input_costs CHECK (input_units BETWEEN 1 AND 1000000000),
  output_units   bigint NOT NULL CONSTRAINT model_prices_output_costs CHECK (output_units BETWEEN 1 AND 1000000000),
  -- The most input tokens that the provider counts for one image. Null: the model takes none.
  media_tokens   integer CONSTRAINT model_prices_media_is_bounded CHECK (media_tokens BETWEEN 1 AND 1000000),
  created_at     timestamptz(3) NOT NULL,
  created_by     text NOT NULL,
  CONSTRAINT model_prices_never_look_back CHECK (effective_from >= created_at),
  CONSTRAINT model_prices_once_a_moment UNIQUE (model, effective_from)
);
GRANT SELECT, INSERT ON model_prices TO api;
