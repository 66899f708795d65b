-- Records of people, and the jobs that import them and draw pictures of many.

-- A collection shows the rows of one generation. An import that replaces writes the next one, which is
-- seen as a whole once it is complete.
CREATE TABLE collection (
  name TEXT PRIMARY KEY,
  generation INTEGER NOT NULL,      -- 0: none is shown
  next INTEGER NOT NULL,            -- the last number that was given out
  signed INTEGER NOT NULL DEFAULT 0, -- whether only signed and sealed URLs show its records
  changed_at INTEGER NOT NULL
);

CREATE TABLE record (
  collection TEXT NOT NULL,
  generation INTEGER NOT NULL,
  id TEXT NOT NULL,
  json TEXT NOT NULL,
  expires_at INTEGER,               -- Unix seconds
  PRIMARY KEY (collection, generation, id)
) WITHOUT ROWID;

CREATE INDEX record_expires ON record (expires_at) WHERE expires_at IS NOT NULL;

-- An import or a batch: what it does is one JSON text (jobs::spec). Its file is in R2 under
-- jobs/{id}/.
CREATE TABLE job (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,               -- import, batch
  target TEXT NOT NULL,             -- the collection, or the template
  state TEXT NOT NULL,              -- running, done, cancelled
  kid INTEGER NOT NULL,
  spec TEXT NOT NULL,
  rows INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  done INTEGER NOT NULL DEFAULT 0,  -- rows, the failed ones too
  failed INTEGER NOT NULL DEFAULT 0,
  made_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  ended_at INTEGER,
  hook_tries INTEGER NOT NULL DEFAULT 0,
  hook_done INTEGER NOT NULL DEFAULT 0 -- the status of the webhook's last answer; 0: none
);

CREATE INDEX job_target ON job (target, made_at);
CREATE INDEX job_running ON job (kid, made_at) WHERE state = 'running';

-- Some rows of a job. A part is done once, whatever the queue does.
CREATE TABLE job_part (
  job TEXT NOT NULL,
  part INTEGER NOT NULL,
  place TEXT NOT NULL,              -- where its rows are, JSON
  rows INTEGER NOT NULL,
  sent_at INTEGER,                  -- when it was last put into the queue
  tries INTEGER NOT NULL DEFAULT 0, -- how often it was begun
  done INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  result TEXT,                      -- what became of each row, JSON
  PRIMARY KEY (job, part)
);

CREATE INDEX job_part_open ON job_part (job, part) WHERE done = 0;
