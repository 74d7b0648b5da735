// Numbers for Prometheus, through prom-client. Each server has its own registry, so that many can live in one process.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  counter<L extends string>(name: string, help: string, labels: readonly L[]): Counter<L>;
  histogram<L extends string>(name: string, help: string, labels: readonly L[]): Histogram<L>;
  /** `read` is asked when somebody scrapes. */
  gauge<L extends string>(
    name: string,
    help: string,
    labels: readonly L[],
    read: (gauge: Gauge<L>) => Promise<void> | void,
  ): void;
  /** The exposition text of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Seconds. From one commit on a fast disk to the longest long poll. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** `process`: also the usual numbers of the process (memory, CPU, event loop). */
export function createMetrics(options: { readonly process: boolean }): Metrics {
  const registry = new Registry();
  if (options.process) collectDefaultMetrics({ register: registry });
  return {
    counter: (name, help, labels) => new Counter({ name, help, labelNames: [...labels], registers: [registry] }),
    histogram: (name, help, labels) =>
      new Histogram({ name, help, labelNames: [...labels], buckets: BUCKETS, registers: [registry] }),
    gauge<L extends string>(
      name: string,
      help: string,
      labels: readonly L[],
      read: (gauge: Gauge<L>) => Promise<void> | void,
    ) {
      new Gauge({
        name,
        help,
        labelNames: [...labels],
        registers: [registry],
        async collect() {
          await read(this);
        },
      });
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
