-- An investor's ledger. Everything else shown of a portfolio is derived from it. Every row has its owner.

CREATE TABLE portfolios (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id text NOT NULL CHECK (owner_id <> ''),
  name text NOT NULL CHECK (name <> ''),
  entity text NOT NULL CHECK (entity IN ('individual', 'joint', 'trust', 'super_fund', 'company')),
  -- Which parcels a sale takes where the investor did not choose.
  method text NOT NULL CHECK (method IN ('fifo', 'lifo', 'highest-cost', 'least-tax', 'own')),
  currency text NOT NULL DEFAULT 'AUD' CHECK (currency = 'AUD'),
  -- What a dollar of income is taxed, a fraction; null: not told.
  marginal_rate numeric(6, 4) CHECK (marginal_rate BETWEEN 0 AND 1),
  -- Whose tariff orders are costed by.
  broker text NOT NULL DEFAULT 'commsec',
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (owner_id, name)
);

CREATE TABLE portfolio_imports (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id text NOT NULL,
  portfolio_id bigint NOT NULL REFERENCES portfolios (id) ON DELETE CASCADE,
  file text NOT NULL,
  sha256 text NOT NULL,
  layout text NOT NULL,
  broker text NOT NULL,
  added bigint NOT NULL,
  duplicates bigint NOT NULL,
  refused bigint NOT NULL,
  imported_at timestamptz NOT NULL
);
CREATE INDEX portfolio_imports_portfolio ON portfolio_imports (portfolio_id, id);

-- One row a line of the ledger, append-only. A correction is a new row that names in `replaces` the one it stands for;
-- one without a kind only takes the other away.
CREATE TABLE transactions (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id text NOT NULL,
  portfolio_id bigint NOT NULL REFERENCES portfolios (id) ON DELETE CASCADE,
  -- Of the content, so that the same line is not there twice however it comes.
  id text NOT NULL,
  replaces text,
  kind text,
  on_date date NOT NULL,
  code text,
  quantity numeric(20, 8) CHECK (quantity > 0),
  amount numeric(20, 8),
  price numeric(20, 8),
  brokerage numeric(20, 8) NOT NULL DEFAULT 0 CHECK (brokerage >= 0),
  ratio numeric(20, 8) CHECK (ratio > 0),
  cost_share numeric(12, 10) CHECK (cost_share BETWEEN 0 AND 1),
  into_code text,
  ex_date date,
  franked numeric(20, 8),
  franking_credit numeric(20, 8),
  lic_gain numeric(20, 8),
  acquired date,
  -- [[parcel, quantity], ...] as the investor chose, and why; recorded at the time of sale.
  chosen jsonb NOT NULL DEFAULT '[]',
  reason text,
  currency text NOT NULL DEFAULT 'AUD',
  rate numeric(20, 10) CHECK (rate > 0),
  rate_source text,
  settles date,
  reference text,
  import_id bigint REFERENCES portfolio_imports (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (portfolio_id, id)
);
CREATE INDEX transactions_replaces ON transactions (portfolio_id, replaces) WHERE replaces IS NOT NULL;

CREATE TRIGGER transactions_append_only BEFORE UPDATE ON transactions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The rows of a file as delivered, personal numbers masked, and what became of each.
CREATE TABLE portfolio_import_rows (
  import_id bigint NOT NULL REFERENCES portfolio_imports (id) ON DELETE CASCADE,
  owner_id text NOT NULL,
  line bigint NOT NULL,
  place bigint NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('added', 'duplicate', 'refused', 'skipped')),
  reason text,
  content text NOT NULL,
  sha256 text NOT NULL,
  transaction_id text,
  PRIMARY KEY (import_id, place)
);

-- How an investor's own files name the columns: asked once.
CREATE TABLE import_mappings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id text NOT NULL,
  header text NOT NULL,
  mapping jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (owner_id, header)
);

CREATE TABLE watchlist_items (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id text NOT NULL,
  list text NOT NULL DEFAULT 'Watchlist' CHECK (list <> ''),
  code text NOT NULL,
  added_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (owner_id, list, code)
);
