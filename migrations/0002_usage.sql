-- Quotas of keys, and what they have drawn.

ALTER TABLE api_key ADD COLUMN quota_renders INTEGER; -- pictures in a month; NULL: without limit

-- The pictures that were drawn for each key in each month of UTC. Isolates add to it in steps.
CREATE TABLE usage (
  kid INTEGER NOT NULL,
  month TEXT NOT NULL,              -- 2027-01
  renders INTEGER NOT NULL,
  PRIMARY KEY (kid, month)
);
