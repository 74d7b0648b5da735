// Tags as clients write them, and where those of one kind of thing are kept.

import { z } from 'zod';
import type { TagKind } from '../store/registries.ts';
import type { Problem } from './answer.ts';
import { Tag } from './contract/webhook.ts';
import type { AppDeps } from './deps.ts';

/** Values may be numbers: Conductor's clients write limits so. */
export const AnyTag = Tag.extend({ value: z.union([Tag.shape.value, z.number()]) });
export type WireTag = z.infer<typeof AnyTag>;

const MAX_TAGS = 100;

export const Tags = z
  .union([z.array(AnyTag), AnyTag.transform((one) => [one])])
  .refine((tags) => tags.length <= MAX_TAGS, `at most ${MAX_TAGS} tags`);

/** Where the tags of one kind of thing are kept. */
export interface KeptTags {
  of(name: string): Promise<readonly WireTag[]>;
  change(verb: 'add' | 'set' | 'remove', name: string, tags: readonly WireTag[]): Promise<Problem | undefined>;
}

export function keptInStore({ tags }: AppDeps['store'], kind: TagKind): KeptTags {
  return {
    of: (name) => tags.of(kind, name),
    async change(verb, name, given) {
      await tags[verb](
        kind,
        name,
        given.map((tag) => ({ ...tag, value: String(tag.value) })),
      );
      return undefined;
    },
  };
}
