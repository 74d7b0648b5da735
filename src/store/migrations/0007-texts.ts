// What free text is looked for in: the words of each execution, gathered behind the commits. Lean, so that reading all of it
// for one search costs what an index would, and writing it costs little (docs/decisions/0005-search.md).

export const sql = `
create table execution_text (wf {key}, rev {int} not null, body {text} not null);
`;
