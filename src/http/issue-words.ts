// What is wrong with a field, in words for people. A schema that has words of its own keeps them.

import type { z } from 'zod';

type Issue = Parameters<z.core.$ZodErrorMap>[0];

const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' entries', set: ' entries' };

export function issueWords(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${article(issue.expected)}`;
    case 'too_small':
      if (issue.minimum === 1 && issue.origin in UNITS) return 'must not be empty';
      if (issue.inclusive === false) return `must be more than ${issue.minimum}`;
      return `must be at least ${issue.minimum}${UNITS[issue.origin] ?? ''}${UNITS[issue.origin] ? ' long' : ''}`;
    case 'too_big':
      if (issue.inclusive === false) return `must be less than ${issue.maximum}`;
      return `must be at most ${issue.maximum}${UNITS[issue.origin] ?? ''}${UNITS[issue.origin] ? ' long' : ''}`;
    case 'unrecognized_keys':
      return `there is no field ${issue.keys.map((key) => JSON.stringify(key)).join(', ')} here`;
    case 'invalid_value':
      if (issue.input === undefined) return 'is missing';
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    default:
      return undefined;
  }
}

function article(expected: string): string {
  const name = { record: 'object', int: 'whole number' }[expected] ?? expected;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}
