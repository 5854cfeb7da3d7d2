-- What changed in a profile is as new as a new device, for a while.
ALTER TABLE account ADD COLUMN attributes_changed TEXT NOT NULL DEFAULT '{}';  -- JSON: name to time
