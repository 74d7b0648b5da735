// What the server tells of its own settings.
import { z } from 'zod';

const days = z.union([z.number(), z.literal('forever')]);

export const ServerConfig = z
  .object({
    name: z.string(),
    version: z.string(),
    /** For how many days things are kept after their end; the settings KEEP_…_DAYS. */
    keepDays: z.object({ executions: days, events: days, logs: days, deliveries: days, history: days }),
  })
  .meta({ id: 'ServerConfig' });
export type ServerConfig = z.infer<typeof ServerConfig>;
