// The verdict on a request, with the documents that it hangs on, and with the body as it was sent and as it was meant:
// some senders sign what they compress afterwards, and so does every proxy that compresses on the way.

import type { Call } from './call.ts';
import { readParts } from './multipart.ts';
import { verify } from './verifiers/index.ts';
import { mediaType } from './verifiers/request.ts';
import type { Challenge, FetchedDocument, RawRequest, Refused, Verified } from './verifiers/verifier.ts';
import { refuse } from './verifiers/verifier.ts';
import type { ReadyWebhook } from './webhooks.ts';

export interface Judgement {
  readonly verdict: Verified | Refused | Challenge;
  /** The webhook as it was when that verdict was found. */
  readonly ready: ReadyWebhook;
}

/** A certificate, a key set, and the same key set once more when its sender has changed keys. */
const MAX_FETCHES = 3;

const UNUSABLE = refuse(
  401,
  'not_configured',
  'The configuration of this webhook cannot be used any more; save it again.',
);
const NO_DOCUMENTS = refuse(503, 'document_unavailable', 'The keys of the sender cannot be fetched just now.');

export async function judge(call: Pick<Call, 'deps' | 'ready' | 'request' | 'unpacked' | 'now'>): Promise<Judgement> {
  const { deps, ready } = call;
  const verdict = await verdictOn(call, ready);
  // The challenge may have been answered by another node, or the secret changed, a moment ago.
  const mayBeOld = verdict.type === 'refused' && verdict.code === 'url_not_verified';
  const fresh = mayBeOld ? await deps.webhooks.ready(ready.webhook.id, true) : undefined;
  return fresh ? { verdict: await verdictOn(call, fresh), ready: fresh } : { verdict, ready };
}

async function verdictOn(
  call: Pick<Call, 'deps' | 'request' | 'unpacked' | 'now'>,
  ready: ReadyWebhook,
): Promise<Judgement['verdict']> {
  const { unpacked } = call;
  const request = await asForm(call, ready);
  const first = await withDocuments(call, ready, request);
  if (first.type !== 'refused' || !unpacked.wasPacked) return first;
  const second = await withDocuments(call, ready, { ...request, body: unpacked.body });
  return second.type === 'refused' ? first : second;
}

/** Mailgun's routes send what they forward in parts, with the three fields that prove it between the files. */
async function asForm(
  { request, unpacked }: Pick<Call, 'request' | 'unpacked'>,
  { verifier }: ReadyWebhook,
): Promise<RawRequest> {
  if (verifier?.scheme.type !== 'mailgun' || mediaType(request) !== 'multipart/form-data') return request;
  const read = await readParts(request, unpacked.body);
  if (!read.ok) return request;
  const fields = read.parts.filter(({ file }) => file === undefined);
  const form = new URLSearchParams();
  for (const { field, body } of fields) form.append(field, Buffer.from(body).toString('utf8'));
  const headers = { ...request.headers, 'content-type': ['application/x-www-form-urlencoded'] };
  return { ...request, headers, body: Buffer.from(form.toString()) };
}

async function withDocuments(
  { deps, now }: Pick<Call, 'deps' | 'now'>,
  { verifier }: ReadyWebhook,
  request: RawRequest,
): Promise<Judgement['verdict']> {
  if (!verifier) return UNUSABLE;
  const documents: Record<string, FetchedDocument> = Object.create(null);
  for (let fetches = 0; ; fetches += 1) {
    const verdict = verify(verifier, request, now, documents);
    if (verdict.type !== 'needsFetch') return verdict;
    if (fetches >= MAX_FETCHES) return NO_DOCUMENTS;
    documents[verdict.url] = await deps.documents.get(verdict);
  }
}
