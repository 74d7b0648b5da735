// The one body of every answer that is not a success (Conductor's shape).

import { z } from 'zod';

export const ErrorBody = z
  .object({
    status: z.number().int(),
    /** What is wrong and what to do. */
    message: z.string(),
    /** With 401: `INVALID_TOKEN` when a key or token was given and is not (or no longer) one of ours. */
    error: z.string().optional(),
    instance: z.string().optional(),
    /** Whether the same request may succeed later. */
    retryable: z.boolean(),
    validationErrors: z
      .array(z.object({ path: z.string(), message: z.string(), invalidValue: z.unknown().optional() }))
      .optional(),
  })
  .meta({ id: 'Error' });

export type ErrorBody = z.infer<typeof ErrorBody>;
