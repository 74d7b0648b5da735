// The way of an event, left to right: received, verified, stored, matched, started.
import { CircleCheck, CircleMinus, CircleX } from 'lucide-react';
import type { EventStep } from '../../model/received-event.ts';

const LOOK = {
  done: { tone: 'good', icon: <CircleCheck size={17} aria-label="done" /> },
  none: { tone: 'quiet', icon: <CircleMinus size={17} aria-label="nothing" /> },
  failed: { tone: 'bad', icon: <CircleX size={17} aria-label="failed" /> },
} as const;

export function Steps({ steps }: { steps: readonly EventStep[] }) {
  return (
    <ol className="way" aria-label="What became of the event">
      {steps.map(({ name, state, text }) => (
        <li key={name} data-tone={LOOK[state].tone}>
          <span className="way-icon">{LOOK[state].icon}</span>
          <b>{name}</b>
          <span className="way-text hostile">{text}</span>
        </li>
      ))}
    </ol>
  );
}
