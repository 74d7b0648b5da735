// The one door of change, as a pure function: apply what is wished, then decide what follows.

import type { Command, StartRequest } from './command.ts';
import type { Decision, Env } from './decision.ts';
import type { Workflow } from './model.ts';

/** Applies the commands in order, then decides. The given workflow is never changed. */
export declare function transition(workflow: Workflow, commands: readonly Command[], env: Env): Decision;

/** A new execution, decided for the first time. */
export declare function begin(request: StartRequest, env: Env): Decision;
