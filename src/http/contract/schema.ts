// Registered schemas on the wire (contract 5.1, 5.2): Conductor's SchemaDef.

import { z } from 'zod';
import { epochMs, name, oneOrMore, version } from './field.ts';

const MAX_SCHEMAS = 1_000;

export const SchemaDef = z
  .looseObject({
    name,
    version: version.optional(),
    type: z.enum(['JSON', 'AVRO', 'PROTOBUF']).optional(),
    /** The JSON Schema, draft 2020-12 or 07. */
    data: z.unknown().optional(),
    externalRef: z.string().max(2_000).optional(),
    ownerApp: z.string().optional(),
    createTime: epochMs.optional(),
    createdBy: z.string().optional(),
    updateTime: epochMs.optional(),
    updatedBy: z.string().optional(),
  })
  .meta({ id: 'SchemaDef' });

export type SchemaDef = z.infer<typeof SchemaDef>;

/** Several, as Conductor's clients send them, or one. */
export const SchemaDefs = oneOrMore(z.array(SchemaDef).min(1, 'must hold at least one schema').max(MAX_SCHEMAS));
