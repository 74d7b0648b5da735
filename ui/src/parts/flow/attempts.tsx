// Attempts at a delivery as a ladder: each with the wait before it; one opens to the whole exchange.
import { UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { WholeDelivery } from '../../api-flow.ts';
import { ladder } from '../../model/delivery-view.ts';
import { durationText } from '../../model/moment.ts';
import { FullMoment } from '../clock.tsx';
import { NextAttempt } from './delivery-list.tsx';
import { Exchange } from './exchange.tsx';
import './flow.css';

export function Attempts({ delivery }: { delivery: WholeDelivery }) {
  const { attemptList, nextAt, status } = delivery;
  const rungs = ladder(attemptList as unknown as Parameters<typeof ladder>[0]);
  const [open, setOpen] = useState<number | undefined>();
  const shown = open ?? rungs.at(-1)?.n;
  return (
    <ol className="rungs" aria-label="Attempts">
      {rungs.map(({ n, at, after, tone, outcome, text, exchange }) => (
        <li key={n} className="rung" data-tone={tone}>
          <i className="rung-mark" aria-hidden="true" />
          <UnstyledButton
            className="rung-line"
            aria-expanded={n === shown}
            onClick={() => setOpen(n === shown ? -1 : n)}
          >
            <span>Attempt {n}</span>
            <b className="mono">{outcome}</b>
            <span className="hostile">{text}</span>
            {exchange.timing && <span className="dim num">{durationText(exchange.timing.totalMs)}</span>}
            <span className="dim num">
              <FullMoment at={at} /> · {after}
            </span>
          </UnstyledButton>
          {n === shown && (
            <div className="rung-detail">
              <Exchange exchange={exchange} />
            </div>
          )}
        </li>
      ))}
      {status === 'PENDING' && (
        <li className="rung" data-tone="wait">
          <i className="rung-mark" aria-hidden="true" />
          <div className="rung-line">
            <span>Attempt {rungs.length + 1}</span>
            <span className="dim">{nextAt === undefined ? 'is on its way' : <NextAttempt at={nextAt} />}</span>
          </div>
        </li>
      )}
    </ol>
  );
}
