-- What is known of companies beside their prices: figures as published, and short positions.

-- One row a security, report and publication. Append-only: a correction is one more row, known from the instant it was
-- brought in (docs/adr/0006). No column is null, so whole batches are encoded at once, as prices are; a figure that
-- the source does not give is NaN here and null everywhere else. No foreign keys, for the reasons given at `prices`.
CREATE TABLE fundamentals (
  -- A$; of a share unless said otherwise.
  market_cap double precision NOT NULL,
  earnings_per_share double precision NOT NULL,
  dividends_per_share double precision NOT NULL,
  book_per_share double precision NOT NULL,
  tangible_per_share double precision NOT NULL,
  -- The franked part of the dividends, a fraction.
  franking double precision NOT NULL,
  known_at timestamptz NOT NULL,
  security_id integer NOT NULL,
  -- The day the figures are about, and the one they were published on.
  as_of date NOT NULL,
  published date NOT NULL,
  -- Of what kind of table; `Source` in the feature's records.
  source smallint NOT NULL CHECK (source > 0),
  PRIMARY KEY (security_id, source, as_of, published, known_at)
);

CREATE TABLE short_positions (
  -- The part of the issued shares, a fraction, and how many shares, that are sold short.
  short_share double precision NOT NULL,
  short_quantity double precision NOT NULL,
  known_at timestamptz NOT NULL,
  security_id integer NOT NULL,
  as_of date NOT NULL,
  PRIMARY KEY (security_id, as_of, known_at)
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fundamentals
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON short_positions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
