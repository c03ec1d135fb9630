-- The public record: every ranking as it was published, in a chain of hashes, and what each was made of.

-- Which ingest replaced a bar, so that prices can be read as any ingest left them.
ALTER TABLE price_revisions ADD COLUMN superseded_by integer;
UPDATE price_revisions AS old SET superseded_by = (
  SELECT min(next.ingest_id) FROM (
    SELECT security_id, session_date, ingest_id FROM prices
    UNION ALL SELECT security_id, session_date, ingest_id FROM price_revisions
  ) AS next
  WHERE (next.security_id, next.session_date) = (old.security_id, old.session_date) AND next.ingest_id > old.ingest_id
);
-- squawk-ignore adding-not-nullable-field
ALTER TABLE price_revisions ALTER COLUMN superseded_by SET NOT NULL;

-- And which ingest brought a corporate action; 0: before this was kept.
ALTER TABLE corporate_actions ADD COLUMN ingest_id integer NOT NULL DEFAULT 0;

-- And when a fact about a company was stored, whenever the public is said to have known it.
ALTER TABLE fundamentals ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE short_positions ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE announcements ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE learnt_tones ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT now();
-- The only thing that a model reads of an announcement and that may come later than the rest.
ALTER TABLE announcements ADD COLUMN marked_at timestamptz NOT NULL DEFAULT now();

-- One row a published ranking, never changed. `sha256` is of the previous row's and the header (asxos/domain/chain.py),
-- which holds the sha256 of the content before it was compressed (asxos/domain/record.py), so that any edit, deletion
-- or exchange of rows breaks the chain.
CREATE TABLE signal_log (
  sequence bigint PRIMARY KEY CHECK (sequence > 0),
  model text NOT NULL,
  as_of date NOT NULL,
  published_at timestamptz NOT NULL,
  -- JSON: the columns above, prices and facts as known, versions, rules, code, hash of the content.
  header text NOT NULL,
  -- The ranking's canonical bytes, compressed by zlib.
  content bytea NOT NULL,
  sha256 text NOT NULL UNIQUE CHECK (sha256 ~ '^[0-9a-f]{64}$')
);
ALTER TABLE signal_log ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX signal_log_ranking ON signal_log (model, as_of, sequence DESC);

-- Small inputs of rankings that are nowhere else kept as they were, by their hash.
CREATE TABLE model_inputs (
  sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  content bytea NOT NULL
);

-- Rankings from before the log began: it cannot vouch for them.
CREATE TABLE signals_before_log (
  model text NOT NULL,
  as_of date NOT NULL,
  PRIMARY KEY (model, as_of)
);
INSERT INTO signals_before_log SELECT DISTINCT model, as_of FROM signals;

-- Each time the record was verified, and what was found.
CREATE TABLE signal_verifications (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  verified_at timestamptz NOT NULL,
  entries bigint NOT NULL,
  -- Of the last entry; null of an empty log. A later verification expects to find it in the chain.
  head text,
  signals bigint NOT NULL,
  faults bigint NOT NULL,
  -- How many rankings were derived again, and how many of them byte for byte.
  derived integer NOT NULL,
  equal integer NOT NULL
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON signal_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON model_inputs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON signals_before_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON signal_verifications
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
