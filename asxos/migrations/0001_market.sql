-- Securities, sessions, prices as traded, corporate actions, and what was kept out of them and why.

-- For the exclusion of overlapping owners of a code; a trusted extension, so the owner of the database may create it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- The key of everything about a share. Rows are never deleted: delisted securities stay.
CREATE TABLE securities (
  -- Given by ingest, of which there is one at a time, and not by a sequence, which leaves gaps when a load is killed:
  -- so a load that was interrupted and repeated gives the same ids as one that was not.
  id integer PRIMARY KEY,
  -- Canonical, `XYZ.AX`: the latest code. An earlier owner of a code that another company has now is `XYZ~1.AX`, the
  -- next `XYZ~2.AX`: numbered from the earliest owner, so that a number never changes once given.
  symbol text NOT NULL UNIQUE,
  name text,
  sector text,
  industry text,
  listed_on date,
  delisted_on date,
  is_simulated boolean NOT NULL,
  -- The name that a source gives to one company under all its codes; null when no source did.
  entity text UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Which security had a code, from `valid_from` until before `valid_to` (null: it still has it).
CREATE TABLE security_codes (
  security_id integer NOT NULL REFERENCES securities (id),
  code text NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  -- The last session with a bar under this code: tells which of a security's codes is the latest.
  last_seen date NOT NULL,
  PRIMARY KEY (code, valid_from),
  CONSTRAINT code_has_one_owner_at_a_time
    EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to) WITH &&) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX security_codes_security ON security_codes (security_id);

CREATE TABLE security_sectors (
  security_id integer NOT NULL REFERENCES securities (id),
  sector text NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  PRIMARY KEY (security_id, valid_from)
);

CREATE TABLE sources (
  id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE
);

-- Trading days of XASX, in UTC instants. A day's bar is final at `final_at`, when the post-close session ends.
CREATE TABLE sessions (
  session_date date PRIMARY KEY,
  open_at timestamptz NOT NULL,
  close_at timestamptz NOT NULL,
  final_at timestamptz NOT NULL
);

CREATE TABLE ingests (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL,
  path text,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  state text NOT NULL CHECK (state IN ('running', 'done', 'failed', 'abandoned')),
  counts jsonb NOT NULL DEFAULT '{}',
  error text
);

-- The bar as traded, as best known now. No column is null, so every row of a binary COPY has one width and whole
-- batches are encoded at once. No foreign keys: their triggers run for each row and would cost more than the load;
-- rows of `securities`, `sources` and `ingests` are never deleted.
CREATE TABLE prices (
  open double precision NOT NULL,
  high double precision NOT NULL,
  low double precision NOT NULL,
  close double precision NOT NULL,
  volume bigint NOT NULL,
  -- First delivery: when the session became final. Released from quarantine: when the session that confirmed it did.
  -- Correction: when it was ingested, for nobody could have known it earlier (docs/adr/0003).
  known_at timestamptz NOT NULL,
  security_id integer NOT NULL,
  session_date date NOT NULL,
  ingest_id integer NOT NULL,
  source_id smallint NOT NULL,
  PRIMARY KEY (security_id, session_date)
);

-- Bars that a correction replaced; with `prices`, what was known at any instant.
CREATE TABLE price_revisions (
  open double precision NOT NULL,
  high double precision NOT NULL,
  low double precision NOT NULL,
  close double precision NOT NULL,
  volume bigint NOT NULL,
  known_at timestamptz NOT NULL,
  superseded_at timestamptz NOT NULL,
  security_id integer NOT NULL,
  session_date date NOT NULL,
  ingest_id integer NOT NULL,
  source_id smallint NOT NULL,
  PRIMARY KEY (security_id, session_date, superseded_at)
);

CREATE TABLE corporate_actions (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  security_id integer NOT NULL REFERENCES securities (id),
  ex_date date NOT NULL,
  kind text NOT NULL CHECK (kind IN ('split', 'consolidation', 'dividend', 'capital_return', 'adjustment')),
  -- Multiplies EARLIER prices.
  factor double precision CHECK (factor > 0),
  -- A$ a share; money, so exact.
  amount numeric(18, 6),
  franked double precision CHECK (franked BETWEEN 0 AND 1),
  method text NOT NULL,
  source_id smallint NOT NULL REFERENCES sources (id),
  known_at timestamptz NOT NULL,
  UNIQUE (security_id, ex_date, kind, method)
);

-- Rows kept out of `prices`, as delivered. `held` may be released by what comes later, `refused` never is.
CREATE TABLE quarantine (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ingest_id integer NOT NULL REFERENCES ingests (id),
  source text NOT NULL,
  file text,
  line bigint,
  symbol text,
  security_id integer REFERENCES securities (id),
  session_date date,
  open double precision,
  high double precision,
  low double precision,
  close double precision,
  volume bigint,
  reason text NOT NULL,
  detail text NOT NULL,
  state text NOT NULL CHECK (state IN ('held', 'released', 'refused')),
  created_at timestamptz NOT NULL DEFAULT now(),
  resolved_at timestamptz
);
-- The same faulty bar delivered again is not a second row, whichever file or line brings it ...
CREATE UNIQUE INDEX quarantine_bar ON quarantine (symbol, session_date, reason, open, high, low, close, volume)
  NULLS NOT DISTINCT WHERE symbol IS NOT NULL;
-- ... nor is a line that could not be read as a bar at all.
CREATE UNIQUE INDEX quarantine_line ON quarantine (file, line, detail) NULLS NOT DISTINCT WHERE symbol IS NULL;
CREATE INDEX quarantine_held ON quarantine (security_id, session_date) WHERE state = 'held';

-- What a list of shares shows of each, refreshed by ingest: one row to read instead of sixty.
CREATE TABLE quotes (
  security_id integer PRIMARY KEY REFERENCES securities (id),
  session_date date NOT NULL,
  close double precision NOT NULL,
  -- Over the security's bar before, adjusted; null when there is none.
  change double precision,
  -- The last 30 adjusted closes, one base62 digit each, from their lowest (0) to their highest (z).
  spark text NOT NULL,
  -- Median of the last 20 values traded, A$.
  turnover_20 double precision NOT NULL
);
