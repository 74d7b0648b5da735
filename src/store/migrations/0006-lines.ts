// Held events carry the moment of their receipt: keys of events are given out in blocks, so between nodes they do not tell
// who came first.

export const sql = `
create table line (
  webhook {text} not null, line {text} not null, at {int} not null, event {int} not null,
  primary key (webhook, line, at, event)
){clustered};
insert into line select h.webhook, h.line, e.received_at, h.event from event_hold h join event e on e.id = h.event;
drop table event_hold;
alter table line rename to event_hold;
create index event_hold_event on event_hold (event);
`;
