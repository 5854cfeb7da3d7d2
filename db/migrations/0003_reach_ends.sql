-- So that who was reminded need not be remembered for ever.
CREATE INDEX campaign_reach_until ON campaign_reach (until);
