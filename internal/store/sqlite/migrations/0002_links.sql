-- Sign-in links become work: one whose mail is to be sent is due.
ALTER TABLE links ADD COLUMN ready INTEGER AS (iif(due > 0, max(due, lease_until), 0)) VIRTUAL;
CREATE INDEX links_ready ON links (ready) WHERE ready > 0;
