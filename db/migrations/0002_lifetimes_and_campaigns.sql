-- Enrollments that end, and reminders to those concerned.

ALTER TABLE enrollment ADD COLUMN expires_at BIGINT;            -- NULL: never
CREATE INDEX enrollment_expires_at ON enrollment (verification, expires_at);

ALTER TABLE message ADD COLUMN campaign TEXT NOT NULL DEFAULT '';  -- empty: no reminder
CREATE INDEX message_campaign ON message (campaign) WHERE state = 'queued' AND campaign <> '';

CREATE TABLE campaign (
    name TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    body TEXT NOT NULL,                 -- JSON: what was defined
    reason TEXT NOT NULL,               -- JSON words: why it was paused or cancelled
    version BIGINT NOT NULL,
    round BIGINT NOT NULL,              -- when the round began through which it went last
    reached TEXT NOT NULL,              -- up to this account
    worker TEXT NOT NULL,               -- who plans its reminders
    leased_until BIGINT NOT NULL
);

-- Who was written to in which round. Written with the message itself, so nobody is twice.
CREATE TABLE campaign_reach (
    campaign TEXT NOT NULL REFERENCES campaign (name) ON DELETE CASCADE,
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    round BIGINT NOT NULL,              -- when the reminder became due
    message TEXT NOT NULL,
    until BIGINT NOT NULL,              -- what the reminder says: by when
    at BIGINT NOT NULL,
    correction TEXT NOT NULL,           -- the message that took it back; empty: none
    PRIMARY KEY (campaign, account, round)
);
CREATE INDEX campaign_reach_message ON campaign_reach (message);
CREATE INDEX campaign_reach_account ON campaign_reach (account);
