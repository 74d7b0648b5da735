// Tasks in progress and hand-outs of queues with limits, executions under a rateLimitConfig, outputs kept by cacheConfig.
// Only what has a limit or a cache has rows here.

export const sql = `
create table running (queue {text} not null, wf {int} not null, n {int} not null, primary key (queue, wf, n)){clustered};

create table handed (
  queue {text} not null, at {int} not null, wf {int} not null, n {int} not null, primary key (queue, at, wf, n)
){clustered};

create table turn (
  name {text} not null, key {text} not null, held {int} not null, at {int} not null, wf {int} not null,
  primary key (name, key, held, at, wf)
){clustered};

create table task_cache (
  name {text} not null, key {text} not null, expires_at {int} not null, output {text} not null, primary key (name, key)
){clustered};
`;
