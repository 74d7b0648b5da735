// Texts with references to the execution: $jobId, $jobStatus, ${workflow.…}, ${task reference.…}. Templates are data: a reference
// is a path into plain JSON, what it yields is never read as a template again, and it is quoted for the place it is put into.

import type { Json } from '../core/json.ts';
import { compilePath, type Path } from '../core/language/json-path.ts';

/** What a reference may begin with, beside the task references of the flow. */
const JOB_NAMES: readonly string[] = ['jobId', 'jobStatus'];
/** Members of `workflow`, as in definitions (Conductor's names). */
const WORKFLOW_NAMES: readonly string[] = [
  'workflowId',
  'workflowType',
  'version',
  'status',
  'input',
  'output',
  'variables',
  'correlationId',
  'createTime',
  'startTime',
  'endTime',
  'reasonForIncompletion',
  'parentWorkflowId',
  'priority',
  'idempotencyKey',
  'traceId',
];

/** Text shown of a reference that is refused. */
const MAX_SHOWN_LENGTH = 60;

export interface Reference {
  /** As it is written; `$jobId` and `${jobId}` are spelled `${jobId}`. */
  readonly source: string;
  /** The name it begins with. */
  readonly root: string;
  readonly path: Path;
}

/** Where in a JSON text a reference stands: as a value, in a text, or as all there is of a text (then it keeps its type). */
type Place = 'value' | 'inText' | 'wholeText';

interface Part {
  /** Text in front of the reference. */
  readonly text: string;
  readonly reference?: Reference;
  readonly place: Place;
}

export interface Template {
  readonly ok: true;
  readonly parts: readonly Part[];
}

/** Names that a reference may begin with. */
export type Names = Pick<ReadonlySet<string>, 'has'>;

export type TemplateRefusal = { readonly ok: false; readonly reason: string };

/** Answers the value at the path of a reference; null where there is nothing. */
export type Read = (reference: Reference) => Json;

/**
 * Reads a template. `$$` is a dollar sign; a dollar sign before anything but a name or a brace is text. `taskRefs`: task
 * reference names that `${…}` may begin with.
 */
export function parseTemplate(text: string, taskRefs: Names): Template | TemplateRefusal {
  const parts: Part[] = [];
  const json = new JsonPlaces();
  let plain = '';
  let at = 0;
  for (;;) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0) break;
    plain += text.slice(at, dollar);
    const found = referenceAt(text, dollar, taskRefs);
    if ('ok' in found) return found;
    at = found.end;
    if (!found.reference) {
      plain += found.text;
      continue;
    }
    json.read(plain);
    const whole = plain !== '' && json.opened && text[at] === '"';
    parts.push({
      text: plain,
      reference: found.reference,
      place: whole ? 'wholeText' : json.inText ? 'inText' : 'value',
    });
    plain = '';
  }
  plain += text.slice(at);
  if (plain !== '' || parts.length === 0) parts.push({ text: plain, place: 'value' });
  return { ok: true, parts };
}

const ANY_NAME: Names = { has: () => true };

/** A template that was checked when it was stored, perhaps against another version of the flow; what cannot be read is text. */
export function readTemplate(text: string): Template {
  const template = parseTemplate(text, ANY_NAME);
  return template.ok ? template : { ok: true, parts: [{ text, place: 'value' }] };
}

/** Follows a JSON text piece by piece and knows whether its end lies in a text. */
class JsonPlaces {
  inText = false;
  escaped = false;
  /** The last character began a text. */
  opened = false;

  read(piece: string): void {
    for (const char of piece) {
      this.opened = char === '"' && !this.inText;
      if (this.escaped) this.escaped = false;
      else if (this.inText && char === '\\') this.escaped = true;
      else if (char === '"') this.inText = !this.inText;
    }
  }
}

type Found = { readonly end: number; readonly text: string; readonly reference?: Reference };

const refuse = (reason: string): TemplateRefusal => ({ ok: false, reason });
const shown = (text: string): string => (text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}…` : text);

/** What the dollar sign at `start` begins. */
function referenceAt(text: string, start: number, taskRefs: Names): Found | TemplateRefusal {
  const next = text[start + 1];
  if (next === '$') return { end: start + 2, text: '$' };
  if (next === '{') {
    const end = text.indexOf('}', start);
    if (end < 0) return refuse(`"${shown(text.slice(start))}" is not closed by a }`);
    return checked(text.slice(start + 2, end), end + 1, taskRefs);
  }
  const name = /^[A-Za-z_]\w*/.exec(text.slice(start + 1, start + 1 + MAX_SHOWN_LENGTH))?.[0];
  if (name === undefined) return { end: start + 1, text: '$' };
  if (JOB_NAMES.includes(name)) return checked(name, start + 1 + name.length, taskRefs);
  return refuse(
    `$${name} is unknown: there are $jobId, $jobStatus and \${workflow.…}; write $$${name} for the text itself`,
  );
}

function checked(body: string, end: number, taskRefs: Names): Found | TemplateRefusal {
  const source = `\${${body}}`;
  const path = compilePath(body);
  if (!path.ok) return refuse(`${shown(source)} is not a path: ${path.reason}`);
  const [root, member] = path.steps;
  const name = root?.type === 'name' ? root.name : '';
  if (JOB_NAMES.includes(name) && path.steps.length === 1)
    return { end, text: '', reference: { source, root: name, path } };
  if (name === 'workflow') {
    const known = member?.type === 'name' && WORKFLOW_NAMES.includes(member.name);
    if (known) return { end, text: '', reference: { source, root: name, path } };
    return refuse(`${shown(source)} is unknown: workflow has ${WORKFLOW_NAMES.join(', ')}`);
  }
  if (taskRefs.has(name)) return { end, text: '', reference: { source, root: name, path } };
  return refuse(
    `${shown(source)} is unknown: a reference begins with workflow, jobId, jobStatus or the reference name of a task of this flow`,
  );
}

/** The references of a template, each source once. */
export function referencesOf({ parts }: Template): Reference[] {
  const found = new Map(parts.flatMap(({ reference }) => (reference ? [[reference.source, reference] as const] : [])));
  return [...found.values()];
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

function fill({ parts }: Template, put: (reference: Reference, part: Part) => string): string {
  return parts.map((part) => (part.reference ? part.text + put(part.reference, part) : part.text)).join('');
}

/** Values as plain text: for header values and texts of no known kind. */
export const renderText = (template: Template, read: Read): string =>
  fill(template, (reference) => textOf(read(reference)));

/** Values percent-encoded, so that none can leave its part of an address or of a form. */
export const renderEncoded = (template: Template, read: Read): string =>
  fill(template, (reference) => encodeURIComponent(textOf(read(reference)).toWellFormed()));

/** Values as JSON where a value stands, and escaped inside of a text; `"${…}"` as a whole keeps the type of its value. */
export function renderJson(template: Template, read: Read): string {
  let skipsQuote = false;
  return template.parts
    .map(({ text, reference, place }) => {
      const before = skipsQuote ? text.slice(1) : text;
      skipsQuote = place === 'wholeText';
      if (!reference) return before;
      const value = read(reference);
      if (place === 'wholeText') return before.slice(0, -1) + JSON.stringify(value);
      return before + (place === 'value' ? JSON.stringify(value) : JSON.stringify(textOf(value)).slice(1, -1));
    })
    .join('');
}

export type BodyKind = 'json' | 'form' | 'text';

/** By the content type, or without one by how the text begins. */
export function bodyKind(body: string, contentType: string | undefined): BodyKind {
  if (contentType === undefined) return /^\s*[[{"]/.test(body) ? 'json' : 'text';
  if (/\bjson\b/i.test(contentType)) return 'json';
  return /^application\/x-www-form-urlencoded\b/i.test(contentType) ? 'form' : 'text';
}

export function renderBody(template: Template, kind: BodyKind, read: Read): string {
  switch (kind) {
    case 'json':
      return renderJson(template, read);
    case 'form':
      return renderEncoded(template, read);
    case 'text':
      return renderText(template, read);
  }
}
