-- What each model said out of fold, beside what followed, and every training run there ever was.

CREATE TABLE model_evidence (
  sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  -- Parquet, see asxos/domain/validation/evidence.py.
  content bytea NOT NULL
);
-- Parquet is compressed already.
ALTER TABLE model_evidence ALTER COLUMN content SET STORAGE EXTERNAL;

-- Null for versions made before evidence was kept. No foreign key: adding one would lock both tables to check rows that
-- have nothing to check, and both rows are written in one transaction and can never be deleted.
ALTER TABLE model_versions ADD COLUMN evidence_sha256 text;

CREATE TABLE model_trials (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model_id text NOT NULL,
  as_of date NOT NULL,
  recipe_sha256 text NOT NULL,
  seed bigint NOT NULL,
  -- Of the decile spread net of cost, per period of one horizon; null where there were too few periods.
  sharpe double precision,
  periods bigint NOT NULL CHECK (periods >= 0),
  skew double precision,
  kurtosis double precision,
  at timestamptz NOT NULL DEFAULT now()
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON model_evidence
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_model_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON model_trials
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_model_change();
