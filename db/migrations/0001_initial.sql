-- One text for SQLite and PostgreSQL (db/README.md). Types are TEXT and BIGINT only: times are
-- milliseconds since 1970 UTC, flags 0 or 1, keys random texts of ours. "sealed" columns can only be
-- read with the root key and only in the row where they stand.

-- The installation ---------------------------------------------------------------------------------

CREATE TABLE root_key (
    id TEXT NOT NULL PRIMARY KEY,
    proof TEXT NOT NULL                 -- opens with the right key only
);

CREATE TABLE installation (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    epoch BIGINT NOT NULL,              -- raised by a restore
    begun_at BIGINT NOT NULL            -- when this epoch began
);
INSERT INTO installation (id, epoch, begun_at) VALUES (1, 0, 0);

-- People -------------------------------------------------------------------------------------------

CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    user_name TEXT NOT NULL,
    disabled BIGINT NOT NULL CHECK (disabled IN (0, 1)),
    locale TEXT NOT NULL,
    groups TEXT NOT NULL,               -- JSON array
    roles TEXT NOT NULL,                -- JSON array
    attributes TEXT NOT NULL,           -- JSON object
    mail_domain TEXT NOT NULL,          -- of the e-mail address; empty: none
    mail_begins_like_name BIGINT NOT NULL CHECK (mail_begins_like_name IN (0, 1)),
    version BIGINT NOT NULL
);
CREATE INDEX account_mail_domain ON account (mail_domain);

-- What people are found by, in canonical form.
CREATE TABLE account_identifier (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    PRIMARY KEY (kind, value, account)
);
CREATE UNIQUE INDEX account_identifier_user_name ON account_identifier (value)
    WHERE kind = 'user_name';
CREATE INDEX account_identifier_account ON account_identifier (account);

-- How the people look from outside, taken seldom, so that decoys stay the same on every node.
CREATE TABLE decoy_shape (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    people BIGINT NOT NULL,             -- how many there were
    body TEXT NOT NULL                  -- JSON
);

-- Passwords: the row with the highest version is the present one, the others are its history.
CREATE TABLE credential (
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    hash TEXT NOT NULL,                 -- sealed
    must_change BIGINT NOT NULL CHECK (must_change IN (0, 1)),
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (account, version)
);

-- Definitions --------------------------------------------------------------------------------------

CREATE TABLE definition (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    generation BIGINT NOT NULL,         -- raised by every change
    body TEXT NOT NULL                  -- the definitions file
);
INSERT INTO definition (id, generation, body) VALUES (1, 0, '{}');

CREATE TABLE process_version (
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,                 -- JSON; never changes
    PRIMARY KEY (name, version)
);

-- The versions that are published now.
CREATE TABLE process (
    name TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    FOREIGN KEY (name, version) REFERENCES process_version (name, version)
);

-- Requests -----------------------------------------------------------------------------------------

CREATE TABLE reset_request (
    id TEXT NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL,
    version BIGINT NOT NULL,
    process TEXT NOT NULL,
    process_version BIGINT NOT NULL,
    account TEXT NOT NULL,              -- for a decoy, an id that no account has
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    closed_at BIGINT,
    body TEXT NOT NULL                  -- sealed
);
CREATE INDEX reset_request_reference ON reset_request (reference);
CREATE INDEX reset_request_account ON reset_request (account, process, state);
CREATE INDEX reset_request_expires_at ON reset_request (expires_at);

-- A verification that passed in a request. The act needs these rows (S31).
CREATE TABLE request_pass (
    request TEXT NOT NULL REFERENCES reset_request (id) ON DELETE CASCADE,
    verification TEXT NOT NULL,
    passed_at BIGINT NOT NULL,
    PRIMARY KEY (request, verification)
);

-- What an act demanded: kept, so that the rows alone show that it was right.
CREATE TABLE request_demand (
    request TEXT NOT NULL REFERENCES reset_request (id) ON DELETE CASCADE,
    verification TEXT NOT NULL,
    required BIGINT NOT NULL CHECK (required IN (0, 1)),
    PRIMARY KEY (request, verification)
);

-- Enrollments --------------------------------------------------------------------------------------

CREATE TABLE enrollment (
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    verification TEXT NOT NULL,
    state TEXT NOT NULL,
    data TEXT NOT NULL,                 -- sealed
    source TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    used_at BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, verification)
);

CREATE TABLE enrollment_draft (
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    verification TEXT NOT NULL,
    body TEXT NOT NULL,                 -- sealed
    expires_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (account, verification)
);
CREATE INDEX enrollment_draft_expires_at ON enrollment_draft (expires_at);

-- Limits -------------------------------------------------------------------------------------------

CREATE TABLE budget (
    key TEXT NOT NULL PRIMARY KEY,
    used BIGINT NOT NULL,
    expires_at BIGINT NOT NULL          -- when it begins anew
);
CREATE INDEX budget_expires_at ON budget (expires_at);

CREATE TABLE block (
    account TEXT NOT NULL,              -- possibly a decoy's
    verification TEXT NOT NULL,         -- empty: everything
    until BIGINT NOT NULL,
    level BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    PRIMARY KEY (account, verification)
);
CREATE INDEX block_until ON block (until);

-- Messages -----------------------------------------------------------------------------------------

CREATE TABLE message (
    id TEXT NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL,
    lane BIGINT NOT NULL,
    channel TEXT NOT NULL,
    wording TEXT NOT NULL,
    account TEXT NOT NULL,
    request TEXT NOT NULL,
    decoy BIGINT NOT NULL CHECK (decoy IN (0, 1)),
    created_at BIGINT NOT NULL,
    give_up_at BIGINT NOT NULL,
    state TEXT NOT NULL,                -- queued, accepted, refused
    due_at BIGINT NOT NULL,             -- of a queued one; while it is claimed, the end of the lease
    worker TEXT NOT NULL,               -- who claimed it last
    attempts BIGINT NOT NULL,           -- claims so far
    open_claims BIGINT NOT NULL,        -- claims in a row of which nothing was heard
    shown_state TEXT NOT NULL,          -- as strangers may see it (S01)
    shown_at BIGINT NOT NULL,
    accepted_at BIGINT,
    body TEXT                           -- sealed; wiped when the message is closed (S14)
);
CREATE INDEX message_due ON message (lane, due_at) WHERE state = 'queued';
CREATE INDEX message_give_up ON message (give_up_at) WHERE state = 'queued';
CREATE INDEX message_open ON message (account) WHERE state = 'queued';
CREATE INDEX message_reference ON message (reference);
CREATE INDEX message_created_at ON message (created_at);

-- Browsers -----------------------------------------------------------------------------------------

CREATE TABLE session (
    id TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    former_digest TEXT NOT NULL,
    rotated_by TEXT NOT NULL,
    account TEXT NOT NULL,              -- empty: nobody is signed in
    locale TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    proved_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX session_former_digest ON session (former_digest);
CREATE INDEX session_account ON session (account);
CREATE INDEX session_seen_at ON session (seen_at);

CREATE TABLE notice_link (
    digest TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used BIGINT NOT NULL CHECK (used IN (0, 1))
);
CREATE INDEX notice_link_expires_at ON notice_link (expires_at);

-- Activity -----------------------------------------------------------------------------------------

CREATE TABLE activity (
    sequence BIGINT NOT NULL PRIMARY KEY,
    type TEXT NOT NULL,
    at BIGINT NOT NULL,
    account TEXT NOT NULL,
    request TEXT NOT NULL,
    line TEXT NOT NULL,
    link TEXT NOT NULL                  -- keyed digest over sequence, previous link and line (S70)
);
CREATE INDEX activity_account ON activity (account, sequence);
CREATE INDEX activity_request ON activity (request, sequence);

-- Locked by whoever appends, so that the chain has neither gap nor fork.
CREATE TABLE activity_head (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence BIGINT NOT NULL,           -- of the last entry: how many there are
    link TEXT NOT NULL,
    proof TEXT NOT NULL                 -- keyed digest over both: a shortened chain shows
);
INSERT INTO activity_head (id, sequence, link, proof) VALUES (1, 0, '', '');
