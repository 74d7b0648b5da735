// What a command says, done to the draft; what follows from it is decided afterwards. One line for each command.

import type { Command, Outcome } from './command.ts';
import { done } from './command.ts';
import { jump, rerun, restart, retry } from './commands/again.ts';
import { childEnded, childResumed, startedAs, startFailed, watch } from './commands/child.ts';
import {
  admit,
  pause,
  resetCallbacks,
  resume,
  skipTask,
  terminate,
  updateVariables,
  upgrade,
} from './commands/control.ts';
import { applyEvent } from './commands/event.ts';
import { signal } from './commands/signal.ts';
import { pollTask, updateTask } from './commands/worker.ts';
import type { Draft } from './draft.ts';

export function apply(draft: Draft, command: Command): Outcome {
  switch (command.type) {
    case 'decide':
      return done();
    case 'updateTask':
      return updateTask(draft, command);
    case 'pollTask':
      return pollTask(draft, command);
    case 'eventArrived':
      return applyEvent(draft, command);
    case 'signal':
      return signal(draft, command);
    case 'terminate':
      return terminate(draft, command);
    case 'pause':
      return pause(draft);
    case 'resume':
      return resume(draft);
    case 'skipTask':
      return skipTask(draft, command);
    case 'restart':
      return restart(draft, command);
    case 'retry':
      return retry(draft, command);
    case 'rerun':
      return rerun(draft, command);
    case 'jump':
      return jump(draft, command);
    case 'updateVariables':
      return updateVariables(draft, command);
    case 'resetCallbacks':
      return resetCallbacks(draft);
    case 'upgrade':
      return upgrade(draft, command);
    case 'childEnded':
      return childEnded(draft, command);
    case 'childResumed':
      return childResumed(draft, command);
    case 'startFailed':
      return startFailed(draft, command);
    case 'startedAs':
      return startedAs(draft, command);
    case 'watch':
      return watch(draft, command);
    case 'admit':
      return admit(draft);
  }
}
