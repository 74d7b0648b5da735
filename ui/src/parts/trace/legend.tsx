// What the shapes of a trace mean.
const SHAPES = [
  { bar: 'event', tone: 'good', text: 'event received' },
  { bar: 'held', tone: 'good', text: 'held for an event, a person or a time' },
  { bar: 'queued', tone: 'wait', text: 'waits for a worker' },
  { bar: 'run', tone: 'good', text: 'runs' },
  { bar: 'attempt', tone: 'good', text: 'one attempt at a delivery' },
] as const;

export function Legend() {
  return (
    <div className="legend">
      {SHAPES.map(({ bar, tone, text }) => (
        <span key={bar}>
          <i aria-hidden="true">
            <i className="trace-bar" data-bar={bar} data-tone={tone} />
          </i>
          {text}
        </span>
      ))}
    </div>
  );
}
