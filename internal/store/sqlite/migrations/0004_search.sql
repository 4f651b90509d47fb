-- The search over comments. nr stands for a response and grows with the moment of its answer, so that
-- the newest come first without sorting: milliseconds since 1970, and 21 bits that tell equal moments
-- apart. print tells whether the words changed. The words' own table keeps only where they stand.
CREATE TABLE comments (nr INTEGER PRIMARY KEY, id TEXT NOT NULL, print INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX comments_id ON comments (id);
CREATE VIRTUAL TABLE words USING fts5 (tokens, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars ':'");
