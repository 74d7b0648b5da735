// The way in five words: event, match, execution, deliveries, and how long it took from end to end.
import { Activity, Link2, Send, Timer, Webhook } from 'lucide-react';
import type { TraceStage } from '../../model/trace-view.ts';
import './trace.css';

const ICONS: Readonly<Record<TraceStage['name'], typeof Webhook>> = {
  Event: Webhook,
  Match: Link2,
  Execution: Activity,
  Deliveries: Send,
  'End to end': Timer,
};

export function Stages({ stages }: { stages: readonly TraceStage[] }) {
  return (
    <ol className="stages" aria-label="The way from event to delivery">
      {stages.map(({ name, tone, text, detail }) => {
        const Icon = ICONS[name];
        return (
          <li key={name} data-tone={tone}>
            <span className="stage-icon">
              <Icon size={16} aria-hidden="true" />
            </span>
            <span className="stage-name">{name}</span>
            <b className="stage-text hostile">{text}</b>
            <span className="stage-detail hostile">{detail}</span>
          </li>
        );
      })}
    </ol>
  );
}
