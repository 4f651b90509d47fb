-- Praise, coaching and disputes.
CREATE TABLE remarks (
  id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL, due INTEGER NOT NULL, holder TEXT NOT NULL, lease_until INTEGER NOT NULL,
  started INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT NOT NULL,
  ready INTEGER AS (iif(due > 0, max(due, lease_until), 0)) VIRTUAL,
  kind TEXT NOT NULL, response TEXT NOT NULL, agent TEXT NOT NULL, team TEXT NOT NULL, written INTEGER NOT NULL,
  doc TEXT NOT NULL
) STRICT;
CREATE INDEX remarks_ready ON remarks (ready) WHERE ready > 0;
CREATE INDEX remarks_response ON remarks (response, written, id DESC);
CREATE INDEX remarks_agent ON remarks (kind, agent, written, id DESC);
CREATE INDEX remarks_team ON remarks (kind, team, written, id DESC);
CREATE INDEX remarks_kind ON remarks (kind, written, id DESC);
