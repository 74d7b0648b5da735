// Why an execution ended, in words for people: Conductor wraps the reason of the task in a sentence of ids and states.

/** `Task <id> failed with status: <STATE> and reason: '<text>'`, as the engine (and Conductor's) writes it. */
const WRAPPED = /^Task \S+ failed with status: ([A-Z_]+) and reason: '(.*)'$/s;

/** The reason that the task gave; the sentence as it is when it is not that one, or when the task gave none. */
export function reasonText(reason: string): string {
  const inner = WRAPPED.exec(reason)?.[2]?.trim();
  return inner ? inner : reason;
}
