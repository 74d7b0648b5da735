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
    if (valid !== true) return { ok: false, reason: 'the XML is not well-formed' };
    const value = parser.parse(text) as JsonObject;
    const { length } = Object.keys(value);
    if (length === 1) return { ok: true, value };
    return { ok: false, reason: length === 0 ? 'the body holds no XML element' : 'the XML has more than one root' };
  } catch (error) {
    // The parser throws at these three, whoever they belong to.
    const isName = error instanceof Error && error.message.includes('reserved JavaScript keyword');
    const reason = isName
      ? 'holds a name that is not taken: __proto__, constructor or prototype'
      : 'is not well-formed';
    return { ok: false, reason: `the XML ${reason}` };
  }
}

/** First bytes of a text in UTF-16, with or without its mark. */
const UTF_16: readonly (readonly [number, number, string])[] = [
  [0xff, 0xfe, 'utf-16le'],
  [0xfe, 0xff, 'utf-16be'],
  [0x3c, 0x00, 'utf-16le'],
  [0x00, 0x3c, 'utf-16be'],
];
const DECLARED = /^[\xef\xbb\xbf]{0,3}<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([\w.:-]{1,40})["']/;

/** The charset that XML names itself, where its content type names none (RFC 7303, 3.2). */
export function xmlCharset(body: Uint8Array): string {
  const wide = UTF_16.find(([first, second]) => body[0] === first && body[1] === second);
  if (wide) return wide[2];
  return DECLARED.exec(Buffer.from(body.subarray(0, 200)).toString('latin1'))?.[1]?.toLowerCase() ?? 'utf-8';
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
