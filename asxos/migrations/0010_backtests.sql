-- Backtests that were run, each by what it was asked and the data it found; and levels of market indices.

CREATE TABLE backtests (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model_id text NOT NULL,
  -- The sessions it ran over.
  first_session date NOT NULL,
  last_session date NOT NULL CHECK (last_session >= first_session),
  parameters jsonb NOT NULL,
  -- Of rankings, prices, actions and indices as they were found.
  data_sha256 text NOT NULL CHECK (data_sha256 ~ '^[0-9a-f]{64}$'),
  -- Of the code's version, parameters and data: the same question on the same data is answered once.
  request_sha256 text NOT NULL UNIQUE CHECK (request_sha256 ~ '^[0-9a-f]{64}$'),
  is_simulated boolean NOT NULL,
  -- Not jsonb, which forgets in which order series are shown.
  metrics json NOT NULL,
  -- The page, gzipped; and every trade and payment as Parquet.
  report bytea NOT NULL,
  journal bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
-- Both are compressed already.
ALTER TABLE backtests ALTER COLUMN report SET STORAGE EXTERNAL;
ALTER TABLE backtests ALTER COLUMN journal SET STORAGE EXTERNAL;

CREATE TABLE index_levels (
  -- The exchange's, such as XJO.
  code text NOT NULL CHECK (code ~ '^[A-Z][A-Z0-9]{2,7}$'),
  session_date date NOT NULL,
  price double precision CHECK (price > 0),
  -- With dividends (the accumulation index).
  total_return double precision CHECK (total_return > 0),
  source_id smallint NOT NULL REFERENCES sources (id),
  PRIMARY KEY (code, session_date),
  CHECK (price IS NOT NULL OR total_return IS NOT NULL)
);
