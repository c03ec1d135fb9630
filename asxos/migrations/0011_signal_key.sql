-- One key for both reads of rankings. Led by the model and the session, it grows at its end: a ranking lands on a few
-- leaves, where the old key, led by the share, touched one leaf for every share. One share's history hops over it from
-- session to session (skip scan, PostgreSQL 18); the live page sorts the one ranking that it counts anyway.
-- squawk-ignore-file require-concurrent-index-deletion, ban-drop-constraint, constraint-missing-not-valid, adding-serial-primary-key-field

DROP INDEX signals_live;
ALTER TABLE signals DROP CONSTRAINT signals_pkey;
ALTER TABLE signals ADD PRIMARY KEY (model, as_of, security_id);
