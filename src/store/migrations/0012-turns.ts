// Keys under which executions are held, found without reading those that run.

export const sql = `
create index turn_held on turn (name, key) where held = 1;
`;
