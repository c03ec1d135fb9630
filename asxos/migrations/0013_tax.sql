-- Consumer price index numbers as published, for indexing cost bases after the reform of 2027. A revision is a new row.

CREATE TABLE cpi_numbers (
  quarter_end date NOT NULL,
  number numeric(10, 4) NOT NULL CHECK (number > 0),
  source text NOT NULL,
  known_at timestamptz NOT NULL,
  PRIMARY KEY (quarter_end, known_at)
);
