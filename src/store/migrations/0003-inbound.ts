// Inbound: names of deliveries with the moment they were taken (dedup within a window), what is remembered of a request
// beside its bytes, events that are held, the state of a webhook, and when each of its secrets fitted last.

export const sql = `
alter table event add column about {text};
alter table webhook add column state {text};
drop index event_dedupe;
create index event_received on event (received_at);

create table event_key (
  webhook {text} not null, name {text} not null, event {int} not null, at {int} not null,
  primary key (webhook, name)
){clustered};

create table event_hold (
  webhook {text} not null, line {text} not null, event {int} not null, primary key (webhook, line, event)
){clustered};

create table secret_use (
  webhook {text} not null, secret {text} not null, at {int} not null, primary key (webhook, secret)
){clustered};
`;
