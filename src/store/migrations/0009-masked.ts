// Messages remember which names the execution they came from masks.

export const sql = `
alter table message add column masked {text};
`;
