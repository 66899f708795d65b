-- What the management API must know exactly. Pictures are drawn from KV alone.
-- `wrangler d1 migrations apply monogram` runs this; `make dev` and the tests do it by themselves.

-- API keys. The text of a key is nowhere: it is found by its SHA-256 (hex).
CREATE TABLE api_key (
  kid INTEGER PRIMARY KEY AUTOINCREMENT,
  sha256 TEXT NOT NULL UNIQUE,
  name TEXT,
  scopes TEXT NOT NULL,             -- words, separated by spaces
  prefixes TEXT,                    -- a JSON list; NULL: all ids
  made_at INTEGER NOT NULL,         -- Unix seconds, as all times here
  expires_at INTEGER,
  revoked_at INTEGER,
  urls_revoked INTEGER NOT NULL DEFAULT 0 -- whether the URLs that it signed are refused too
);

-- The live revision of each template. A row stays for ever, so that no revision's number is used twice.
CREATE TABLE live (
  id TEXT PRIMARY KEY,
  rev INTEGER NOT NULL,             -- 0: none is live
  next INTEGER NOT NULL,            -- the last number that was given out
  spread INTEGER NOT NULL DEFAULT 0, -- the revision that KV is known to have as the live one
  title TEXT,
  changed_at INTEGER NOT NULL
);

-- Every revision, as its author sent it, and the files that its names stand for.
CREATE TABLE revision (
  id TEXT NOT NULL,
  rev INTEGER NOT NULL,
  document TEXT NOT NULL,
  files TEXT NOT NULL,              -- JSON: template::document::Files
  kid INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  rollback_of INTEGER,
  PRIMARY KEY (id, rev)
);

-- The names of uploaded files. Their bytes are in KV under file:{sha256}.
CREATE TABLE asset (
  name TEXT PRIMARY KEY,
  sha256 TEXT NOT NULL,
  type TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  width INTEGER,
  height INTEGER,
  changed_at INTEGER NOT NULL
);

CREATE TABLE font (
  folder TEXT NOT NULL,             -- with its last /; empty: for every template
  family TEXT NOT NULL COLLATE NOCASE,
  weight INTEGER NOT NULL,
  italic INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  type TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (folder, family, weight, italic)
);

-- A line for each write.
CREATE TABLE audit (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kid INTEGER NOT NULL,             -- 0: the deployment's own key
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  request TEXT NOT NULL             -- X-Request-Id of the answer
);

-- Calls with an Idempotency-Key, and what they made. Kept for a day.
CREATE TABLE once (
  kid INTEGER NOT NULL,
  name TEXT NOT NULL,
  call TEXT NOT NULL,               -- SHA-256 of path and body
  made TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (kid, name)
);
