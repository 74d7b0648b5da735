// What is said of executions and tasks that nobody knows; SDKs look for these words (contract 3.6).

import type { Refusal } from '../core/command.ts';
import { refused } from '../core/command.ts';

export const unknownExecution = (id: string): Refusal => refused('notFound', `no such workflow by Id: ${id}`);
export const unknownTask = (id: string): Refusal => refused('notFound', `no such task by Id: ${id}`);
