// How a status looks: its tone (a colour of the theme), its words, and a mark that does not depend on colour.
import type { TaskStatus, WorkflowStatus } from '../../../src/core/model.ts';

export type Tone = 'quiet' | 'run' | 'wait' | 'good' | 'bad' | 'warn' | 'gone';

const TONES: Readonly<Record<WorkflowStatus | TaskStatus, Tone>> = {
  RUNNING: 'run',
  PAUSED: 'wait',
  COMPLETED: 'good',
  FAILED: 'bad',
  TIMED_OUT: 'warn',
  TERMINATED: 'gone',
  SCHEDULED: 'wait',
  IN_PROGRESS: 'run',
  COMPLETED_WITH_ERRORS: 'warn',
  FAILED_WITH_TERMINAL_ERROR: 'bad',
  CANCELED: 'gone',
  SKIPPED: 'gone',
};

/** Unknown states are grey, never an error: a newer server may have more of them. */
export const toneOf = (status: string | undefined): Tone =>
  status !== undefined && Object.hasOwn(TONES, status) ? TONES[status as TaskStatus] : 'quiet';

/** `TIMED_OUT` reads as `TIMED OUT`; the spelling of the API stays recognisable. */
export const statusText = (status: string): string => status.replaceAll('_', ' ');
