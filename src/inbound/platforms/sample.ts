// A sample event of a platform, ready to be signed and sent to a webhook.

import type { Draft } from '../verifiers/verifier.ts';
import type { Platform } from './platform.ts';

/** The unsigned sample, addressed to a webhook. Pass it to `sign` to make it arrive as the platform would send it. */
export function sampleDraft(platform: Platform, publicUrl: string): Draft {
  const { method, headers, body } = platform.sample;
  return { method, publicUrl, headers, body: Buffer.from(body, 'utf8') };
}
