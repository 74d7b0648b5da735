// The id that ties a request to everything that follows from it: taken from the caller's trace context, or made here.

import type { IncomingHttpHeaders } from 'node:http';

/** W3C Trace Context, level 1, section 3.2: version, trace id, parent id, flags. */
const TRACE_PARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const NO_TRACE = '0'.repeat(32);

/** The trace id that the caller sent, if it sent a valid one. */
export function givenTraceId(headers: IncomingHttpHeaders): string | undefined {
  const { traceparent } = headers;
  if (typeof traceparent !== 'string') return undefined;
  const id = TRACE_PARENT.exec(traceparent)?.[1];
  return id === NO_TRACE ? undefined : id;
}
