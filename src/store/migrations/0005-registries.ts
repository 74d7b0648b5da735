// Event handlers with their messages and executions, schemas, secrets, tags, log lines of tasks, last polls.

export const sql = `
create table event_handler (name {text} not null primary key, event {text} not null, active {int} not null, body {text} not null);
create index event_handler_event on event_handler (event);

create table message (
  id {text} not null primary key, event {text} not null, kind {text} not null, created_at {int} not null, status {text} not null,
  note {text}, payload {text}, trace_id {text}
);
create index message_waiting on message (created_at, id) where status = 'RECEIVED';
create index message_event on message (event, created_at);
create index message_created on message (created_at);

create table event_execution (
  id {text} not null primary key, handler {text} not null, event {text} not null, message {text} not null, action {text} not null,
  created_at {int} not null, state {text}, reason {text}, details {text}
);
create index event_execution_handler on event_execution (handler, created_at);
create index event_execution_message on event_execution (message);
create index event_execution_created on event_execution (created_at);

create table schema_def (name {text} not null, version {int} not null, body {text} not null, primary key (name, version));

create table secret (
  kind {text} not null, name {text} not null, sealed {bytes} not null, created_by {text} not null,
  created_at {int} not null, updated_at {int} not null, primary key (kind, name)
);

create table tag (
  kind {text} not null, name {text} not null, key {text} not null, value {text} not null, type {text},
  primary key (kind, name, key, value)
){clustered};

create table task_log (
  workflow_id {text} not null, n {int} not null, id {text} not null, at {int} not null, text {text} not null,
  primary key (workflow_id, n, id)
){clustered};
create index task_log_at on task_log (at);

create table last_poll (
  queue {text} not null, domain {text} not null, worker {text} not null, at {int} not null,
  primary key (queue, domain)
){clustered};
`;
