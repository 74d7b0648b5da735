// XML as an object: elements are members, several of one name a list, attributes have an @ in front, texts beside them are
// `#text`. Every value is a text. Document types are refused, so there are no entities but those of XML itself.

import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { JsonObject } from '../core/json.ts';

export type Xml = { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly reason: string };

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  htmlEntities: true,
  trimValues: true,
});

/** Elements in one another; the parser works recursively. */
const MAX_ELEMENT_DEPTH = 200;

export function readXml(text: string): Xml {
  if (/<!DOCTYPE/i.test(text)) return { ok: false, reason: 'XML with a document type is not taken' };
  if (deepest(text) > MAX_ELEMENT_DEPTH)
    return { ok: false, reason: `the XML holds more than ${MAX_ELEMENT_DEPTH} elements in one another` };
  try {
    const valid = XMLValidator.validate(text);
    if (valid !== true) return { ok: false, reason: 'the body is not well-formed XML' };
    const value = parser.parse(text) as JsonObject;
    return Object.keys(value).length > 0 ? { ok: true, value } : { ok: false, reason: 'the body holds no XML element' };
  } catch {
    return { ok: false, reason: 'the body is not well-formed XML' };
  }
}

/** How deep tags nest, in one pass; comments and texts that look like tags only make it more. */
function deepest(text: string): number {
  let depth = 0;
  let most = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    const next = text[at + 1];
    if (next === '/') depth -= 1;
    else if (next !== '?' && next !== '!') {
      const end = text.indexOf('>', at);
      if (end < 0) break;
      if (text[end - 1] !== '/') most = Math.max(most, ++depth);
    }
  }
  return most;
}
