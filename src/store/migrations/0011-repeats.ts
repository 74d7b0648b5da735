// How often an event came again, and which events are replays of another. Only those have rows here: one that comes once
// and is nobody's replay costs nothing.

export const sql = `
create table event_repeat (event {key}, times {int} not null, last_at {int} not null);
create table event_replay (event {key}, original {text} not null);
insert into event_replay (event, original) select id, {replay_of} from event where about like '%"replayOf":"%';
create index event_replay_original on event_replay (original, event);
`;
