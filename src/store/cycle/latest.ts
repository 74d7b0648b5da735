// What other nodes may have changed since the last cycle, in one look: definitions, schemas, and which shapes there are.

import type { Session } from '../drivers/driver.ts';
import { EPOCH, SCHEMA_EPOCH } from './definitions.ts';

export interface Latest {
  /** Differs when a definition, a webhook of a flow or a schema was changed. */
  readonly epoch: string;
  /** Id of the newest shape. */
  readonly shape: number;
}

export async function readLatest(session: Pick<Session, 'look'>): Promise<Latest> {
  const [rows] = await session.look('latest', [[EPOCH, SCHEMA_EPOCH]]);
  const [definitions, schemas, shape] = rows?.[0] ?? [];
  return { epoch: `${definitions ?? ''} ${schemas ?? ''}`, shape: (shape as number | null) ?? 0 };
}
