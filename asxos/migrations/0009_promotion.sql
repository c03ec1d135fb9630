-- Which version serves, who decided so and on what evidence; what the ensemble weighed; how far its members were apart.

CREATE TABLE model_promotions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model_id text NOT NULL,
  version bigint NOT NULL,
  action text NOT NULL CHECK (action IN ('promote', 'rollback', 'refuse')),
  -- The first session it holds for; a later decision for the same session or an earlier one takes its place.
  effective_from date NOT NULL,
  decided_at timestamptz NOT NULL,
  decided_by text NOT NULL,
  -- Of what the gate looked at; null for versions made before evidence was kept.
  evidence_sha256 text,
  -- The gate's findings, one object a line: measure, value, bound, passed.
  gate jsonb NOT NULL,
  -- Of this row and the sha256 of the row before it, see asxos/domain/chain.py.
  sha256 text NOT NULL UNIQUE CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  FOREIGN KEY (model_id, version) REFERENCES model_versions (model_id, version)
);
CREATE INDEX model_promotions_champion ON model_promotions (model_id, effective_from DESC, id DESC);

CREATE TABLE ensemble_weights (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session_date date NOT NULL,
  -- Of `basis`: weights are made once a session for the same members under the same rule.
  basis_sha256 text NOT NULL CHECK (basis_sha256 ~ '^[0-9a-f]{64}$'),
  -- Which versions had a voice, their configured weights, and the rule.
  basis jsonb NOT NULL,
  -- Weight by model, sum 1.
  weights jsonb NOT NULL,
  known_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (session_date, basis_sha256)
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON model_promotions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_model_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ensemble_weights
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_model_change();

-- Deviation of the members' probabilities, of the ensemble only.
ALTER TABLE signals ADD COLUMN disagreement double precision;
