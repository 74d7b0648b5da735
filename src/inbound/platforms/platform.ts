// What a file of facts about one platform holds. Facts are plain data that can be sent to a browser as they are:
// a new platform that signs with an HMAC is one such file and one line in index.ts.

import type { Handshake, Identity, Scheme } from '../verifiers/config.ts';

/** Something a person enters. Its value becomes a secret, a named value, or a parameter of the scheme. */
export interface Field {
  readonly name: string;
  readonly label: string;
  /** Where to find it, in one sentence. */
  readonly help: string;
  readonly kind: 'text' | 'number' | 'choice' | 'headers';
  /** Never shown again and masked in answers. */
  readonly secret: boolean;
  readonly required: boolean;
  readonly options?: readonly string[];
  readonly initial?: string;
  readonly to:
    | { readonly type: 'secret' }
    | { readonly type: 'value' }
    /** Dotted path of the scheme parameter that it sets. */
    | { readonly type: 'scheme'; readonly path: string };
}

/** A small request of our own writing, as the platform would send it but for the signature. */
interface Sample {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Platform {
  /** Stable; part of definitions. */
  readonly id: string;
  readonly name: string;
  /** Other spellings of `sourcePlatform`, compared without case, blanks and punctuation. */
  readonly aliases: readonly string[];
  readonly scheme: Scheme;
  readonly fields: readonly Field[];
  readonly methods: readonly string[];
  readonly handshakes: readonly Handshake[];
  readonly identity: Identity;
  readonly batch?: string;
  /** How events are wrapped, where that is a standard of its own. */
  readonly format?: 'cloudevents';
  /** How long the sender waits for an answer; undefined where none is published. */
  readonly deadlineMs?: number;
  /** What the sender does after another answer than 2xx, in a few words. */
  readonly retries: string;
  /** The answer to an accepted event where 200 and empty is not good enough. */
  readonly acknowledge?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  readonly sample: Sample;
  /** Steps for a person, three to six. */
  readonly guide: readonly string[];
  /** What the proof does not prove. */
  readonly caution?: string;
  /** Where the vendor describes its webhooks. */
  readonly docs?: string;
}

/** What holds for a sender of whom only the credential is known. */
export const anySender = {
  methods: ['POST', 'PUT', 'PATCH'],
  handshakes: [],
  identity: {
    dedupe: [[{ header: 'Idempotency-Key' }], [{ header: 'X-Idempotency-Key' }]],
    eventType: [],
    idSigned: false,
  },
  retries: 'as the sender likes',
} satisfies Partial<Platform>;

export const jsonSample = (body: object): Sample => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

/** The one secret that most platforms ask for. */
export function secretField(name: string, label: string, help: string): Field {
  return { name, label, help, kind: 'text', secret: true, required: true, to: { type: 'secret' } };
}

/** A named value that the scheme or a handshake looks up. */
export function valueField(name: string, label: string, help: string, extra: Partial<Field> = {}): Field {
  return { name, label, help, kind: 'text', secret: false, required: true, to: { type: 'value' }, ...extra };
}

/** A parameter of the scheme. */
export function schemeField(
  name: string,
  path: string,
  label: string,
  help: string,
  extra: Partial<Field> = {},
): Field {
  return { name, label, help, kind: 'text', secret: false, required: false, to: { type: 'scheme', path }, ...extra };
}
