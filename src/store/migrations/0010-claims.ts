// Who has had an event for one wait alone. Only databases with several writers have rows here: the unique row refuses the
// commit of whoever looked before another node had written.

export const sql = `create table event_claim (event {key}, wf {int} not null);`;
