-- What a portfolio was worth at the close of a session, as worked out after its last change or after prices came in.

CREATE TABLE portfolio_valuations (
  owner_id text NOT NULL CHECK (owner_id <> ''),
  portfolio_id bigint NOT NULL REFERENCES portfolios (id) ON DELETE CASCADE,
  session_date date NOT NULL,
  -- A$; of the holdings that have a price (or a cost base), null where none has.
  value numeric(20, 2),
  cost_base numeric(20, 2),
  gain numeric(20, 2),
  income numeric(20, 2) NOT NULL,
  -- Null: no money ever came in or out by itself, so the balance is not known.
  cash numeric(20, 2),
  -- The ensemble's latest, by value over the holdings that it ranked.
  ml_prob double precision CHECK (ml_prob BETWEEN 0 AND 1),
  confidence double precision CHECK (confidence BETWEEN 0 AND 1),
  holdings bigint NOT NULL,
  unpriced bigint NOT NULL,
  -- The event that this is the effect of; null: asked for by hand.
  event_id uuid,
  valued_at timestamptz NOT NULL,
  PRIMARY KEY (portfolio_id, session_date)
);
