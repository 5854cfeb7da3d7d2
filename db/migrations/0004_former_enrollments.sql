-- What enrollments were before they were changed, for as long as the link in the notice about the
-- change can put it back.
CREATE TABLE former_enrollment (
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    verification TEXT NOT NULL,
    version BIGINT NOT NULL,            -- that was replaced; 0: there was none
    state TEXT NOT NULL,
    data TEXT NOT NULL,                 -- sealed
    source TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    used_at BIGINT,
    expires_at BIGINT,
    replaced_at BIGINT NOT NULL,
    PRIMARY KEY (account, verification, version)
);
CREATE INDEX former_enrollment_replaced_at ON former_enrollment (replaced_at);

-- To when the link puts enrollments back; null: it only stops resets.
ALTER TABLE notice_link ADD COLUMN restores_to BIGINT;

-- Beside the password, what was proved last in the session, and when. The language has a cookie of
-- its own.
ALTER TABLE session DROP COLUMN locale;
ALTER TABLE session ADD COLUMN factor TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN factor_at BIGINT NOT NULL DEFAULT 0;
