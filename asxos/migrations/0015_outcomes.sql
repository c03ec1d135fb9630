-- What became of the shares that were ranked: the public record beside what followed.

-- One row a session, horizon and share, whichever models ranked it; written once, when the horizon is over.
CREATE TABLE signal_outcomes (
  as_of date NOT NULL,
  -- Sessions from open to open.
  horizon smallint NOT NULL CHECK (horizon > 0),
  security_id integer NOT NULL,
  -- Return from the next open, as a fraction, and what buying and selling cost; null: the share did not trade, or its
  -- turnover is not known.
  realised double precision,
  cost double precision,
  PRIMARY KEY (as_of, horizon, security_id)
);

-- Which sessions are settled. `median` is of the realised returns of every share that was ranked; null: none traded.
CREATE TABLE signal_settlements (
  as_of date NOT NULL,
  horizon smallint NOT NULL,
  -- The session whose open a signal is followed at.
  entered_on date NOT NULL,
  median double precision,
  -- The last entry of the session in the log that was settled; a later one may rank shares that this one did not.
  sequence bigint NOT NULL,
  settled_at timestamptz NOT NULL,
  PRIMARY KEY (as_of, horizon)
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON signal_outcomes
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
