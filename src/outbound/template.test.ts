import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../core/json.ts';
import {
  bodyKind,
  parseTemplate,
  renderBody,
  renderEncoded,
  renderJson,
  renderText,
  type Template,
} from './template.ts';

const refs = new Set(['charge', 'a.b']);
const parse = (text: string): Template => {
  const parsed = parseTemplate(text, refs);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.reason);
  return parsed;
};
const refusalOf = (text: string): string => {
  const parsed = parseTemplate(text, refs);
  assert.ok(!parsed.ok, `${text} was taken`);
  return parsed.reason;
};
const data: Json = {
  jobId: 'j-1',
  jobStatus: 'COMPLETED',
  workflow: { input: { name: 'Ann "A"\n', n: 7, list: [1, { x: null }] }, output: {}, status: 'COMPLETED' },
  charge: { output: { id: 'c&d=1' } },
};
const read = ({ path }: { path: { get(value: Json): Json | undefined } }): Json => path.get(data) ?? null;

test('the references of the seed become the id and the status', () => {
  const text = '{"text":"Job $jobId has completed. Status: $jobStatus."}';
  assert.equal(renderJson(parse(text), read), '{"text":"Job j-1 has completed. Status: COMPLETED."}');
  assert.equal(renderText(parse('$jobId,${jobStatus}$'), read), 'j-1,COMPLETED$');
});

test('a text without references stays as it is, to the byte', () => {
  for (const text of ['', ' { "wrangledDataset": { "id": 4 } }\r\n', 'costs 5$ or $5, $ and $', '\u0000"'])
    for (const kind of ['json', 'form', 'text'] as const) assert.equal(renderBody(parse(text), kind, read), text);
  assert.equal(renderText(parse('$$set, $${workflow.x}, $$$$'), read), '$set, ${workflow.x}, $$');
});

test('in JSON a value keeps its type where it stands alone, and is escaped inside of a text', () => {
  const render = (text: string): Json => JSON.parse(renderJson(parse(text), read));
  assert.deepEqual(render('{"a":"${workflow.input.n}","b":${workflow.input.list},"c":"<${workflow.input.n}>"}'), {
    a: 7,
    b: [1, { x: null }],
    c: '<7>',
  });
  assert.deepEqual(
    render('["${workflow.input.name}","hi ${workflow.input.name}","${charge.output.id}${charge.output.id}"]'),
    ['Ann "A"\n', 'hi Ann "A"\n', 'c&d=1c&d=1'],
  );
  assert.deepEqual(render('{"missing":"${workflow.output.none}","k\\"":"\\"${workflow.input.n}"}'), {
    missing: null,
    'k"': '"7',
  });
});

test('in addresses and forms a value cannot leave its place', () => {
  assert.equal(
    renderEncoded(parse('https://x.example/${charge.output.id}?n=${workflow.input.name}'), read),
    'https://x.example/c%26d%3D1?n=Ann%20%22A%22%0A',
  );
  assert.equal(
    renderEncoded(parse('a=$jobId'), () => '\ud800/../'),
    'a=%EF%BF%BD%2F..%2F',
  );
});

test('unknown names are refused with what there is', () => {
  assert.match(refusalOf('$jobName'), /\$jobName is unknown: there are \$jobId/);
  assert.match(refusalOf('$jobIds'), /unknown/);
  assert.match(refusalOf('${nobody.output}'), /begins with workflow/);
  assert.match(refusalOf('${workflow.outputs}'), /workflow has workflowId/);
  assert.match(refusalOf('${workflow.secrets.key}'), /workflow has/);
  assert.match(refusalOf('${workflow}'), /workflow has/);
  assert.match(refusalOf('${jobId.x}'), /unknown/);
  assert.match(refusalOf('a ${workflow.input'), /not closed/);
  assert.match(refusalOf('${}'), /path|unknown/);
  assert.match(refusalOf('${workflow.input[}'), /not a path/);
  assert.match(refusalOf('${constructor.constructor("x")()}'), /path|unknown/);
});

test('how a body is read follows from its content type', () => {
  assert.equal(bodyKind('x', 'application/json; charset=utf-8'), 'json');
  assert.equal(bodyKind('x', 'application/vnd.api+json'), 'json');
  assert.equal(bodyKind('{}', 'text/plain'), 'text');
  assert.equal(bodyKind('a=1', 'application/x-www-form-urlencoded'), 'form');
  assert.equal(bodyKind(' [1]', undefined), 'json');
  assert.equal(bodyKind('hello', undefined), 'text');
});

test('whatever a value holds, JSON stays JSON and the value comes out as it went in', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
      const put = (json: Json) => () => JSON.parse(JSON.stringify(json)) as Json;
      const whole = renderJson(parse('{"v":"${workflow.input}","w":${workflow.input}}'), put(value as Json));
      assert.deepEqual(JSON.parse(whole), {
        v: JSON.parse(JSON.stringify(value)),
        w: JSON.parse(JSON.stringify(value)),
      });
      const inside = renderJson(parse('{"v":"<${workflow.input}>"}'), put(text));
      assert.deepEqual(JSON.parse(inside), { v: `<${text}>` });
    }),
  );
});

test('any text is read or refused in good time, and never throws', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'${}"\\a.[]'), maxLength: 200 }),
      (text) => void parseTemplate(text, refs),
    ),
  );
  parse('$$'.repeat(100_000));
  refusalOf('${'.repeat(100_000));
});
