-- Every table keeps the parts of feedback.Record as columns, the fields by which rows are found as
-- columns too, and the whole value without its Record as JSON in doc. Times are milliseconds since
-- 1970 in UTC; 0 is "no time". A queue's ready is the moment from which its row can be claimed.
-- An index that serves a list begins with what the list fixes, goes on with the list's order, and may
-- end with a column that the list checks, so that a row that is left out is never fetched. Lists of the
-- newest rows read their index backwards: new rows then go to its end, which keeps its pages full.
PRAGMA application_id = 0x45617273;

CREATE TABLE interactions (
  id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL, due INTEGER NOT NULL, holder TEXT NOT NULL, lease_until INTEGER NOT NULL,
  started INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT NOT NULL,
  ready INTEGER AS (iif(due > 0, max(due, lease_until), 0)) VIRTUAL,
  person TEXT NOT NULL, agent TEXT NOT NULL, ended INTEGER NOT NULL,
  doc TEXT NOT NULL
) STRICT;
CREATE INDEX interactions_ready ON interactions (ready) WHERE ready > 0;
CREATE INDEX interactions_person ON interactions (person, ended, id DESC);
CREATE INDEX interactions_agent ON interactions (agent, ended, id DESC);
CREATE INDEX interactions_ended ON interactions (ended, id DESC);

CREATE TABLE invitations (
  id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL, due INTEGER NOT NULL, holder TEXT NOT NULL, lease_until INTEGER NOT NULL,
  started INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT NOT NULL,
  ready INTEGER AS (iif(due > 0, max(due, lease_until), 0)) VIRTUAL,
  interaction TEXT NOT NULL, person TEXT NOT NULL, survey TEXT NOT NULL, agent TEXT NOT NULL,
  created INTEGER NOT NULL, sent INTEGER NOT NULL,
  doc TEXT NOT NULL
) STRICT;
CREATE INDEX invitations_ready ON invitations (ready) WHERE ready > 0;
CREATE INDEX invitations_interaction ON invitations (interaction, created, id DESC);
CREATE INDEX invitations_person ON invitations (person, created, id DESC);
CREATE INDEX invitations_survey ON invitations (survey, created, id DESC, agent);
CREATE INDEX invitations_survey_sent ON invitations (survey, sent, id) WHERE sent > 0;
CREATE INDEX invitations_agent_sent ON invitations (survey, agent, sent, id) WHERE sent > 0;

CREATE TABLE responses (
  id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL, due INTEGER NOT NULL, holder TEXT NOT NULL, lease_until INTEGER NOT NULL,
  started INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT NOT NULL,
  ready INTEGER AS (iif(due > 0, max(due, lease_until), 0)) VIRTUAL,
  person TEXT NOT NULL, agent TEXT NOT NULL, team TEXT NOT NULL, survey TEXT NOT NULL, label TEXT NOT NULL,
  commented INTEGER NOT NULL, answered INTEGER NOT NULL,
  doc TEXT NOT NULL
) STRICT;
CREATE INDEX responses_ready ON responses (ready) WHERE ready > 0;
CREATE INDEX responses_person ON responses (person, answered, id DESC);
CREATE INDEX responses_agent ON responses (agent, answered, id DESC, survey);
CREATE INDEX responses_team ON responses (team, answered, id DESC, survey);
CREATE INDEX responses_label ON responses (label, answered, id DESC, survey) WHERE label <> '';
CREATE INDEX responses_survey ON responses (survey, answered, id DESC);
CREATE INDEX responses_answered ON responses (answered, id DESC);

CREATE TABLE cases (
  id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL, due INTEGER NOT NULL, holder TEXT NOT NULL, lease_until INTEGER NOT NULL,
  started INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT NOT NULL,
  ready INTEGER AS (iif(due > 0, max(due, lease_until), 0)) VIRTUAL,
  state TEXT NOT NULL, owner TEXT NOT NULL, owner_team TEXT NOT NULL, agent TEXT NOT NULL, survey TEXT NOT NULL, person TEXT NOT NULL,
  opened INTEGER NOT NULL,
  deadline INTEGER NOT NULL, -- 1 << 62 when no clock runs, so that such cases come last
  doc TEXT NOT NULL
) STRICT;
CREATE INDEX cases_ready ON cases (ready) WHERE ready > 0;
CREATE INDEX cases_person ON cases (person, opened, id DESC);
CREATE INDEX cases_owner ON cases (owner, opened, id DESC, state);
CREATE INDEX cases_owner_deadline ON cases (owner, deadline, id, state);
CREATE INDEX cases_team ON cases (owner_team, opened, id DESC, state);
CREATE INDEX cases_team_deadline ON cases (owner_team, deadline, id, state);
CREATE INDEX cases_agent ON cases (agent, opened, id DESC, state);
CREATE INDEX cases_agent_deadline ON cases (agent, deadline, id, state);
CREATE INDEX cases_opened ON cases (opened, id DESC, state, survey, deadline);
CREATE INDEX cases_deadline ON cases (deadline, id, state, survey);

CREATE TABLE rollups (
  id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL, due INTEGER NOT NULL, holder TEXT NOT NULL, lease_until INTEGER NOT NULL,
  started INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT NOT NULL,
  ready INTEGER AS (iif(due > 0, max(due, lease_until), 0)) VIRTUAL,
  scope TEXT NOT NULL, name TEXT NOT NULL, team TEXT NOT NULL, survey TEXT NOT NULL, day TEXT NOT NULL,
  doc TEXT NOT NULL
) STRICT;
CREATE INDEX rollups_ready ON rollups (ready) WHERE ready > 0;
CREATE INDEX rollups_day ON rollups (scope, day, survey, name, team);
CREATE INDEX rollups_name ON rollups (scope, name, day, survey, team);

CREATE TABLE people (
  id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL, due INTEGER NOT NULL, holder TEXT NOT NULL, lease_until INTEGER NOT NULL,
  started INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT NOT NULL, doc TEXT NOT NULL
) STRICT;

CREATE TABLE definitions (
  id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL, due INTEGER NOT NULL, holder TEXT NOT NULL, lease_until INTEGER NOT NULL,
  started INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT NOT NULL, doc TEXT NOT NULL
) STRICT;

CREATE TABLE users (
  id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL, due INTEGER NOT NULL, holder TEXT NOT NULL, lease_until INTEGER NOT NULL,
  started INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT NOT NULL, doc TEXT NOT NULL
) STRICT;

CREATE TABLE links (
  id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL, due INTEGER NOT NULL, holder TEXT NOT NULL, lease_until INTEGER NOT NULL,
  started INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT NOT NULL,
  expires INTEGER NOT NULL,
  doc TEXT NOT NULL
) STRICT;
CREATE INDEX links_expires ON links (expires) WHERE expires > 0;

CREATE TABLE sessions (
  id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL, due INTEGER NOT NULL, holder TEXT NOT NULL, lease_until INTEGER NOT NULL,
  started INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT NOT NULL,
  owner TEXT NOT NULL, expires INTEGER NOT NULL,
  doc TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_owner ON sessions (owner);
CREATE INDEX sessions_expires ON sessions (expires) WHERE expires > 0;

CREATE TABLE keys (
  id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL, due INTEGER NOT NULL, holder TEXT NOT NULL, lease_until INTEGER NOT NULL,
  started INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT NOT NULL, doc TEXT NOT NULL
) STRICT;

CREATE TABLE settings (
  id TEXT NOT NULL PRIMARY KEY, rev INTEGER NOT NULL, due INTEGER NOT NULL, holder TEXT NOT NULL, lease_until INTEGER NOT NULL,
  started INTEGER NOT NULL, attempts INTEGER NOT NULL, last_error TEXT NOT NULL, doc TEXT NOT NULL
) STRICT;

-- One row that Ping writes, to see that a durable write is possible.
CREATE TABLE ping (n INTEGER NOT NULL) STRICT;
INSERT INTO ping VALUES (0);
