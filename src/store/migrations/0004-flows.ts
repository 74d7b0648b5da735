// Flows and their webhooks, deliveries with their attempts, and the queue of deliveries that wait.
// `delivery_todo` is all that a sender scans: it is as long as the backlog, whatever was delivered before.

export const sql = `
create table flow (
  name {text} not null primary key, owner {text} not null, rev {int} not null, created_at {int} not null, updated_at {int} not null
);

create table flow_webhook (
  id {text} not null primary key, flow {text} not null, enabled {int} not null, rev {int} not null, config {text} not null,
  created_by {text} not null, created_at {int} not null, updated_at {int} not null
);
create index flow_webhook_flow on flow_webhook (flow, created_at, id);

create table delivery (
  id {text} not null primary key, flow {text} not null, webhook {text} not null, workflow_id {text} not null,
  cause {text} not null, status {text} not null, rev {int} not null, attempts {int} not null, tries {int} not null,
  created_at {int} not null, updated_at {int} not null, next_at {int}, lane {text} not null,
  outcome {text}, data {text} not null
){storage70};
create index delivery_workflow on delivery (workflow_id);
create index delivery_flow on delivery (flow, created_at);
create index delivery_failed on delivery (flow, created_at) where status = 'FAILED';

create table delivery_todo (
  webhook {text} not null, lane {text} not null, at {int} not null, id {text} not null,
  due {int} not null, leased_until {int} not null,
  primary key (webhook, lane, at, id)
){clustered};

create table attempt (
  delivery {text} not null, n {int} not null, at {int} not null, data {text} not null, primary key (delivery, n)
){clustered};
`;
