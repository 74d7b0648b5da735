// JSON lines, one per happening, through pino. What could be a secret is taken out before it is written.
// Whoever logs for a request or an execution adds its trace id: `log.info({ traceId, … }, 'what happened')`.

import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Names of fields that hold credentials, wherever they stand in what is logged, two levels deep. */
const SECRET_FIELDS = [
  'authorization',
  'apiKey',
  'cookie',
  'keySecret',
  'password',
  'secret',
  'secretKey',
  'secretValue',
  'token',
  '["x-api-key"]',
  '["x-authorization"]',
];

const below = (prefix: string, field: string): string =>
  field.startsWith('[') ? prefix + field : `${prefix}.${field}`;

/** Writes to standard output unless given another destination. */
export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const paths = SECRET_FIELDS.flatMap((field) => [field, below('*', field), below('*.*', field)]);
  const options = { level, base: null, redact: { paths, censor: '***' }, timestamp: pino.stdTimeFunctions.isoTime };
  return destination ? pino(options, destination) : pino(options);
}
