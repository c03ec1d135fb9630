-- Trained models: what they are made of, what they scored out of sample, and the text that any machine can load.

CREATE TABLE model_artifacts (
  sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  content text NOT NULL
);

CREATE TABLE model_versions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model_id text NOT NULL,
  version bigint NOT NULL CHECK (version > 0),
  -- The session at whose close everything this version learnt from was known.
  as_of date NOT NULL,
  trained_from date NOT NULL,
  trained_through date NOT NULL CHECK (trained_through BETWEEN trained_from AND as_of),
  algorithm text NOT NULL,
  features text[] NOT NULL,
  artifact_sha256 text NOT NULL REFERENCES model_artifacts (sha256),
  -- Of parameters, factors, seed and code: a change makes a new version due.
  recipe_sha256 text NOT NULL,
  manifest jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (model_id, version)
);
CREATE INDEX model_versions_newest ON model_versions (model_id, as_of DESC, version DESC);

-- What a version said was published: it may be followed by another, never altered.
CREATE FUNCTION refuse_model_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON model_versions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_model_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON model_artifacts
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_model_change();
