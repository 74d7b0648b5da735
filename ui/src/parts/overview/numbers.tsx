// Four numbers, each a link to what it counts.
import type { ExecutionSearch } from '../../model/execution-search.ts';
import type { Tone } from '../../model/status-look.ts';
import { useExecutions } from '../../queries.ts';
import { Link } from '../links.tsx';

const NUMBERS: readonly { label: string; tone: Tone; search: ExecutionSearch }[] = [
  { label: 'Running', tone: 'run', search: { status: ['RUNNING'] } },
  { label: 'Paused', tone: 'wait', search: { status: ['PAUSED'] } },
  { label: 'Failed, last 24 h', tone: 'bad', search: { status: ['FAILED', 'TIMED_OUT'], range: '24h' } },
  { label: 'Completed, last 24 h', tone: 'good', search: { status: ['COMPLETED'], range: '24h' } },
];

function Count({ label, tone, search }: (typeof NUMBERS)[number]) {
  const total = useExecutions({ ...search, size: 1 }).data?.totalHits;
  return (
    <Link to="/executions" search={search} className="number-card" data-tone={total ? tone : 'quiet'} underline="never">
      <span className="number-value num">{total === undefined ? '–' : total.toLocaleString('en-US')}</span>
      <span className="number-label">{label}</span>
    </Link>
  );
}

export const Numbers = () => (
  <div className="numbers">
    {NUMBERS.map((one) => (
      <Count key={one.label} {...one} />
    ))}
  </div>
);
