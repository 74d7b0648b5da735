// Tags that come along in a definition (contract 5.1, Orkes): they belong to its name and not to a version, so they are
// kept beside it.

import { z } from 'zod';
import { isRecord } from '../../core/json.ts';
import type { Problem } from '../answer.ts';
import { problem } from '../answer.ts';
import { issueWords } from '../issue-words.ts';
import type { KeptTags, WireTag } from '../kept-tags.ts';
import { Tags } from '../kept-tags.ts';

export interface Split {
  readonly type: 'split';
  /** The definition without them. */
  readonly def: unknown;
  /** Absent when the definition says nothing of tags. */
  readonly tags?: readonly WireTag[];
  readonly verb: 'add' | 'set';
}

const Given = z.object({ tags: Tags.nullish(), overwriteTags: z.boolean().nullish() });

/** `tags` are added to those there are; with `overwriteTags` they are all there are. */
export function splitTags(given: unknown): Split | Problem {
  if (!isRecord(given)) return { type: 'split', def: given, verb: 'add' };
  const { tags, overwriteTags, ...def } = given;
  const read = Given.safeParse({ tags, overwriteTags }, { error: issueWords });
  if (!read.success) {
    const [issue] = read.error.issues;
    return problem(400, `${issue?.path.join('.') ?? 'tags'}: ${issue?.message ?? 'not tags'}`);
  }
  return {
    type: 'split',
    def,
    verb: read.data.overwriteTags ? 'set' : 'add',
    ...(read.data.tags && { tags: read.data.tags }),
  };
}

/** All or the first that is wrong. */
export function splitAll(given: readonly unknown[]): readonly Split[] | Problem {
  const all = given.map(splitTags);
  return all.find((one) => one.type === 'problem') ?? (all as readonly Split[]);
}

/** Keeps the tags of definitions that have been registered. */
export async function keepTags(
  kept: KeptTags,
  all: readonly Split[],
  done: (name: string) => boolean = () => true,
): Promise<Problem | undefined> {
  for (const { def, tags, verb } of all) {
    const name = isRecord(def) && typeof def.name === 'string' ? def.name : '';
    const trouble = tags && done(name) ? await kept.change(verb, name, tags) : undefined;
    if (trouble) return trouble;
  }
  return undefined;
}
