-- A batch that goes on after it had ended or was cancelled: its rate is that since then.
ALTER TABLE job ADD COLUMN begun_at INTEGER; -- NULL: when it was made
ALTER TABLE job ADD COLUMN begun_done INTEGER NOT NULL DEFAULT 0; -- rows that were done then

-- The next parts to be sent are found without a look at all the others, of which a million rows have 40,000.
DROP INDEX job_part_open;
CREATE INDEX job_part_unsent ON job_part (job, part) WHERE done = 0 AND sent_at IS NULL;
CREATE INDEX job_part_sent ON job_part (job, part) WHERE done = 0 AND sent_at IS NOT NULL;
