// Certificates that a request names by URL (AWS SNS, PayPal). The URL is the sender's claim, so it is pinned before anyone
// fetches it: an unpinned one is a forgery and a server-side request forgery at once.

import type { KeyObject } from 'node:crypto';
import { X509Certificate } from 'node:crypto';
import type { Documents, FetchedDocument, NeedsFetch, Refused } from './verifier.ts';
import { refuse } from './verifier.ts';

export interface UrlPin {
  readonly host: RegExp;
  readonly path: RegExp;
  /** Whether a query may follow (subscription URLs have one). */
  readonly query: boolean;
}

const MAX_URL_LENGTH = 2048;

/** https, the platform's host, the platform's path, no user, no port, no fragment, and written in its one canonical way. */
export function fitsPin(text: string, pin: UrlPin): boolean {
  if (text.length > MAX_URL_LENGTH || !text.startsWith('https://') || !URL.canParse(text)) return false;
  const url = new URL(text);
  const bare = url.username === '' && url.password === '' && url.port === '' && url.hash === '';
  return (
    bare &&
    url.href === text &&
    pin.host.test(url.hostname) &&
    pin.path.test(url.pathname) &&
    (pin.query || url.search === '')
  );
}

/** The key of a pinned certificate, or what is missing for it: the document, or a reason to refuse. */
export function certificateKey(
  url: string,
  documents: Documents,
  nowMs: number,
): { readonly key: KeyObject } | NeedsFetch | Refused {
  const document = ownDocument(documents, url);
  if (document === undefined) return { type: 'needsFetch', kind: 'certificate', url };
  if (document.type !== 'found') return documentRefused(document, "the platform's certificate");
  try {
    const certificate = new X509Certificate(document.text);
    const valid = Date.parse(certificate.validFrom) <= nowMs && nowMs <= Date.parse(certificate.validTo);
    if (valid && certificate.publicKey.asymmetricKeyType === 'rsa') return { key: certificate.publicKey };
  } catch {
    // Falls through: what is no certificate is refused like an expired one.
  }
  return refuse(401, 'bad_certificate', "The platform's certificate is unreadable, expired, not yet valid or not RSA.");
}

export function ownDocument(documents: Documents, url: string): FetchedDocument | undefined {
  return Object.hasOwn(documents, url) ? documents[url] : undefined;
}

/** 503 only when waiting helps; a document that does not exist is the sender's claim and so a refusal for good. */
export function documentRefused(document: { readonly type: 'missing' | 'unavailable' }, what: string): Refused {
  return document.type === 'unavailable'
    ? refuse(503, 'document_unavailable', `Verification needs ${what}, which could not be fetched just now.`)
    : refuse(401, 'bad_certificate', `Verification needs ${what}, but there is none at the address the request names.`);
}
