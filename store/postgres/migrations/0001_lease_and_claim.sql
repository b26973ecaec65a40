-- Version 1: the lease of a group of streams, and the claims of webhook events.

CREATE TABLE pepay_schema (
    version    integer PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- One row for each group of streams.
CREATE TABLE pepay_lease (
    name   text PRIMARY KEY,
    holder text NOT NULL,                 -- '' after a release
    fence  bigint NOT NULL,               -- grows by one with each term
    until  timestamptz NOT NULL,          -- when the lease runs out
    life   interval NOT NULL,             -- how long it lives from its next renewal on
    cursor text NOT NULL DEFAULT '',      -- the event that was handled last
    -- The events that were handled last. New ones go into the short list, which moves into
    -- the long one when it is full: writing the long one with every event would take five
    -- times as long.
    recent       text[] NOT NULL DEFAULT '{}',
    recent_older text[] NOT NULL DEFAULT '{}'
);

-- One row for each event that is being handled or was handled.
CREATE TABLE pepay_claim (
    name       text NOT NULL,
    event_id   text NOT NULL,
    holder     text NOT NULL,             -- the delivery that handles it, or has
    until      timestamptz NOT NULL,      -- when another delivery may take it over
    handled_at timestamptz,               -- NULL until it was handled
    PRIMARY KEY (name, event_id)
);

-- For deleting what is old.
CREATE INDEX pepay_claim_age ON pepay_claim (name, (coalesce(handled_at, until)));

INSERT INTO pepay_schema (version) VALUES (1);
