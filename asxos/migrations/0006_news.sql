-- What companies told the exchange, and the models of words that learnt from it.

-- Known from the instant it was lodged. Append-only but for a flag or a number of pages that a later file adds. No
-- foreign key, for the reason given at `prices`.
CREATE TABLE announcements (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  known_at timestamptz NOT NULL,
  security_id integer NOT NULL,
  pages integer CHECK (pages >= 0),
  -- As the exchange marked it; null: not known.
  is_price_sensitive boolean,
  -- Told from the headline when it was brought in: asxos/domain/text.
  kind text NOT NULL,
  tone double precision CHECK (tone BETWEEN -1 AND 1),
  headline text NOT NULL CHECK (headline <> ''),
  source text NOT NULL,
  ingested_at timestamptz NOT NULL,
  -- Also what one share's announcements are read by.
  CONSTRAINT announcement_once UNIQUE (security_id, known_at, headline)
);
CREATE INDEX announcements_latest ON announcements (known_at DESC, id DESC);
CREATE INDEX announcements_kind ON announcements (kind, known_at DESC, id DESC);

-- One learns twice a year, from receptions known at the close of `as_of`, and reads what is told later.
CREATE TABLE text_models (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  as_of date NOT NULL UNIQUE,
  artifact text NOT NULL,
  sha256 text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- How the market should take an announcement, by the newest model made of earlier ones.
CREATE TABLE learnt_tones (
  tone double precision NOT NULL CHECK (tone BETWEEN -1 AND 1),
  announcement_id bigint PRIMARY KEY,
  text_model_id integer NOT NULL
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON text_models
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON learnt_tones
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
