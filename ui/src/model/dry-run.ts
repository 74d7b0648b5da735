// What a sample would do if it were sent: the verdict and its consequences as lines, the worst first.
import type { SampleDryRun } from '../../../src/http/contract/webhook-event.ts';
import type { Tone } from './status-look.ts';

export type DryRun = (typeof SampleDryRun)['_output'];

export interface DryRunLine {
  readonly tone: Tone;
  readonly text: string;
  /** The execution that it is about. */
  readonly workflowId?: string | undefined;
}

const VERDICTS: Readonly<Record<DryRun['verdict'], { tone: Tone; text: string }>> = {
  verified: { tone: 'good', text: 'It would be verified' },
  observed: { tone: 'warn', text: 'It would be taken although it is not proven' },
  refused: { tone: 'bad', text: 'It would be refused' },
  challenge: { tone: 'run', text: 'It is the question of the platform for the address, and would be answered' },
};

const because = (reason: string | undefined): string => (reason ? `: ${reason}` : '');

export function dryRunLines({ verdict, reason, answer, held, events }: DryRun): DryRunLine[] {
  const { tone, text } = VERDICTS[verdict];
  const lines: DryRunLine[] = [{ tone, text: `${text}${because(reason)}` }];
  lines.push({
    tone: 'quiet',
    text: answer ? `The sender would hear ${answer.status} at once` : 'The sender would hear what the workflow answers',
  });
  if (held) lines.push({ tone: 'wait', text: 'It would be held until its turn comes' });
  for (const event of events) {
    for (const { workflowId, workflowName, taskRef } of event.resumes)
      lines.push({ tone: 'good', text: `${taskRef} of ${workflowName} would be completed`, workflowId });
    for (const { name, version, existing, reason: why } of event.starts) {
      const what = version === undefined ? name : `${name} v${version}`;
      if (existing !== undefined)
        lines.push({ tone: 'wait', text: `${what} would not start again: the key was used`, workflowId: existing });
      else if (why !== undefined) lines.push({ tone: 'bad', text: `${what} would not start: ${why}` });
      else lines.push({ tone: 'good', text: `${what} would start` });
    }
    if (event.resumes.length + event.starts.length === 0)
      lines.push({ tone: 'wait', text: `Nothing would happen${because(event.reason ?? 'no task waits for it')}` });
  }
  return lines;
}

/** The request as a sender would write it. */
export const requestText = ({ request: { method, url, headers, body } }: DryRun): string =>
  [`${method} ${url}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', body].join('\n');
