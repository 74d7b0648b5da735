// First schema. {int}, {text}, {bytes} become the types of the database; {clustered} makes SQLite keep a table in the order of its key.
// Rows are lean and few pages are touched per event, because pages are the cost (docs/decisions/0002-store.md).

export const sql = `
create table workflow (
  wf {key}, id {text} not null, name {text} not null, version {int} not null, def {bytes} not null,
  status {text} not null, rev {int} not null, priority {int} not null, next_n {int} not null, wake_at {int},
  parent_id {text}, correlation_id {text}, idempotency_key {text},
  created_at {int} not null, started_at {int} not null, updated_at {int} not null, ended_at {int},
  fault {text}, input {text}, output {text}, data {text}, tasks {text}{reserve}
){storage70};
create unique index workflow_id on workflow (id);
create index workflow_wake on workflow (wake_at) where wake_at is not null;
create index workflow_started on workflow (started_at);
create index workflow_name on workflow (name, started_at);
create index workflow_correlation on workflow (correlation_id) where correlation_id is not null;
create index workflow_parent on workflow (parent_id) where parent_id is not null;

create table task (
  wf {int} not null, n {int} not null, place {text} not null, scope {text} not null, type {text} not null, name {text} not null,
  status {text} not null, flags {int} not null, scheduled_at {int} not null, started_at {int}, updated_at {int} not null, ended_at {int},
  output_event {int}, input {text}, output {text}, data {text},
  primary key (wf, n)
){clustered70};

create table queue (
  queue {text} not null, domain {text} not null, rank {int} not null, available_at {int} not null,
  wf {int} not null, n {int} not null, leased_until {int} not null,
  primary key (queue, domain, rank, available_at, wf, n)
){clustered};

create table rendezvous (
  match_key {bytes} not null, kind {int} not null, at {int} not null, ref {int} not null, n {int} not null,
  primary key (match_key, kind, at, ref, n)
){clustered};

create table wait_todo (
  wf {int} not null, n {int} not null, match_key {bytes} not null, since {int} not null, shape {int} not null, at {int} not null,
  primary key (wf, n)
){clustered};

create table inbox (
  target {text} not null, source {int} not null, rev {int} not null, idx {int} not null, at {int} not null,
  tries {int} not null, fault {text}, command {text} not null,
  primary key (target, source, rev, idx)
){clustered};

create table event (
  id {key}, event_id {text} not null, webhook {text} not null, received_at {int} not null, verdict {text} not null,
  dedupe_key {text}, reason {text}, trace_id {text}, method {text} not null, url {text} not null, headers {text} not null,
  route {text}, payload {text}, body {bytes} not null
);
create unique index event_event_id on event (event_id);
create unique index event_dedupe on event (webhook, dedupe_key) where dedupe_key is not null;
create index event_webhook on event (webhook, id);

create table event_todo (event {key}, at {int} not null, tries {int} not null);

create table effect (
  event {int} not null, wf {int} not null, n {int} not null, type {text} not null, name {text} not null, ref {text}, reason {text}, at {int} not null,
  primary key (event, wf, n)
){clustered};

create table idempotency (name {text} not null, key {text} not null, wf {int} not null, primary key (name, key)){clustered};
create table snapshot (hash {bytes} not null primary key, body {text} not null);
create table workflow_def (name {text} not null, version {int} not null, body {text} not null, primary key (name, version));
create table task_def (name {text} not null primary key, body {text} not null);
create table webhook (
  id {text} not null primary key, config {text} not null, created_by {text} not null,
  created_at {int} not null, updated_at {int} not null, verified_at {int}
);
create table shape (
  id {key}, name {text} not null, version {int} not null, place {text} not null, paths {text} not null, since {int} not null,
  unique (name, version, place, paths)
);
{keys}
create table fact (name {text} not null primary key, value {int} not null);
`;
