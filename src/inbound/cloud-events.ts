// CloudEvents over HTTP come in three modes, and a workflow should not have to know in which: one event becomes one payload,
// its attributes with its `data`. Source: CloudEvents 1.0, "HTTP Protocol Binding", chapter 3.

import type { Json, JsonObject } from '../core/json.ts';
import { isRecord } from '../core/json.ts';
import { type ParsedPayload, type Payload, payloadOfPart } from './payload.ts';
import { headerValues, mediaType } from './verifiers/request.ts';
import type { RawRequest } from './verifiers/verifier.ts';

const REQUIRED = ['specversion', 'id', 'source', 'type'] as const;
/** Header names of attributes; a name is lower-case letters and digits (specification, 3.1). */
const ATTRIBUTE = /^ce-([a-z0-9]{1,64})$/;
const STRUCTURED = 'application/cloudevents';
const BATCH = 'application/cloudevents-batch+json';

/** Whether the request carries several events, each of which stands for itself. */
export const isBatch = (request: RawRequest): boolean => mediaType(request) === BATCH;

/** The payload of a request in any of the modes; as it is where the request is no CloudEvent. */
export function asCloudEvent(request: RawRequest, payload: ParsedPayload, query: string): Payload {
  const media = mediaType(request);
  if (media === BATCH && Array.isArray(payload.body)) return batched(payload.body, payload, query);
  if (media === BATCH || media === `${STRUCTURED}+json`) return lacking(payload.body) ?? payload;
  if (media.startsWith(STRUCTURED))
    return { type: 'malformed', status: 415, reason: `the format ${media} is not understood; JSON is` };
  const isBinary = Object.keys(request.headers).some((name) => ATTRIBUTE.test(name));
  return isBinary ? binary(request, payload, query) : payload;
}

function batched(events: readonly Json[], payload: ParsedPayload, query: string): Payload {
  const [problem] = events.flatMap((event) => lacking(event) ?? []);
  const [only] = events;
  return problem ?? (events.length === 1 && only !== undefined ? payloadOfPart(only, query) : payload);
}

/** Members of a JSON object as data stand at the top too, where flows look that know nothing of the mode; attributes go first. */
function binary(request: RawRequest, payload: ParsedPayload, query: string): Payload {
  const attributes: [string, Json][] = [];
  for (const [header, values] of Object.entries(request.headers)) {
    const name = ATTRIBUTE.exec(header)?.[1];
    if (name === undefined) continue;
    if (values.length !== 1) return { type: 'malformed', reason: `the header ${header} came ${values.length} times` };
    attributes.push([name, decoded(values[0] ?? '')]);
  }
  const [contentType] = headerValues(request, 'content-type');
  if (contentType !== undefined) attributes.push(['datacontenttype', contentType]);
  const event: JsonObject = Object.fromEntries(attributes);
  const data: JsonObject = request.body.length === 0 ? {} : { data: payload.body };
  const media = mediaType(request);
  const members = (media === '' || media.endsWith('json')) && isRecord(payload.body) ? payload.body : {};
  return lacking(event) ?? payloadOfPart({ ...members, ...event, ...data }, query);
}

function lacking(event: Json): Payload | undefined {
  if (!isRecord(event)) return { type: 'malformed', reason: 'a CloudEvent is a JSON object' };
  const missing = REQUIRED.find((name) => typeof event[name] !== 'string' || event[name] === '');
  return missing === undefined ? undefined : { type: 'malformed', reason: `the CloudEvent has no ${missing}` };
}

/** Letters beyond ASCII are percent-encoded in headers (3.1.3.2). */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
