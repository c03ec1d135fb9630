-- Published rankings: one row per model, session and share, with why it was ranked so.

CREATE TABLE signals (
  id bigint GENERATED ALWAYS AS IDENTITY,
  as_of date NOT NULL,
  model text NOT NULL,
  -- No foreign key: its trigger runs for each row and took half of the time of storing a ranking. Securities are
  -- never deleted, and whoever ranks has them from their own table.
  security_id integer NOT NULL,
  -- The code as published that day; a later renaming changes the security, not what was said then.
  symbol text NOT NULL,
  rank integer NOT NULL CHECK (rank > 0),
  score double precision NOT NULL,
  ml_prob double precision NOT NULL CHECK (ml_prob BETWEEN 0 AND 1),
  ml_expected_return double precision,
  signal text NOT NULL CHECK (signal IN ('STRONG_BUY', 'BUY', 'HOLD', 'SELL', 'STRONG_SELL')),
  confidence double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  interval_low double precision,
  interval_high double precision,
  note text,
  known_at timestamptz NOT NULL DEFAULT now(),
  -- Also what one share's history is read by; each further index costs a tenth of storing a ranking.
  PRIMARY KEY (security_id, model, as_of)
);

-- Ids rise with the rows, so a summary of each few pages finds one and costs nothing when a ranking is stored.
CREATE INDEX signals_id ON signals USING brin (id) WITH (pages_per_range = 8);

-- The live page: the latest session of a model, best first. A ranking is written at once, so its rows lie together.
CREATE INDEX signals_live ON signals (model, as_of, rank);

CREATE TABLE signal_reasons (
  as_of date NOT NULL,
  model text NOT NULL,
  security_id integer NOT NULL REFERENCES securities (id),
  -- Of base, score and contributions: log-odds, or the model's own score.
  unit text NOT NULL,
  base double precision NOT NULL,
  score double precision NOT NULL,
  -- One [value, contribution] a factor, in the order of `factors`; a missing value is null.
  factors text[] NOT NULL,
  factor_values double precision[] NOT NULL,
  contributions double precision[] NOT NULL,
  PRIMARY KEY (as_of, model, security_id)
);
