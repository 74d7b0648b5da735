// Schedules, their runs, and what became of the errands of schedules and event handlers.

export const sql = `
create table schedule (
  name {text} not null primary key, workflow {text} not null, paused {int} not null, next_at {int}, rev {int} not null, body {text} not null
);
create index schedule_due on schedule (next_at) where next_at is not null;
create index schedule_workflow on schedule (workflow);

create table schedule_run (
  id {text} not null primary key, schedule {text} not null, workflow {text} not null, workflow_id {text} not null,
  scheduled_at {int} not null, executed_at {int} not null, request {text} not null, zone {text} not null
);
create index schedule_run_schedule on schedule_run (schedule, scheduled_at);
create index schedule_run_scheduled on schedule_run (scheduled_at);
create index schedule_run_executed on schedule_run (executed_at);

create table errand (
  id {text} not null primary key, ok {int} not null, at {int} not null, workflow_id {text}, reason {text}
){clustered};
`;
