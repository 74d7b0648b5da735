// Cron expressions in zones: macros, both transitions of daylight saving time, bounds, several expressions at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cronProblem, nextRun, nextRuns, type Times } from './schedule-times.ts';

const at = (text: string): number => Date.parse(text);
const iso = (moments: readonly number[]): string[] => moments.map((ms) => new Date(ms).toISOString());
const times = (cronExpression: string, zoneId?: string, bounds: Partial<Times> = {}): Times => ({
  crons: [{ cronExpression, ...(zoneId && { zoneId }) }],
  ...bounds,
});
const runs = (expression: string, from: string, count = 3, zone?: string): string[] =>
  iso(nextRuns(times(expression, zone), at(from), count));

test('six fields, the first is the second', () => {
  assert.deepEqual(runs('15 30 9 * * MON-FRI', '2026-01-30T00:00:00Z'), [
    '2026-01-30T09:30:15.000Z',
    '2026-02-02T09:30:15.000Z',
    '2026-02-03T09:30:15.000Z',
  ]);
  assert.deepEqual(runs('0/20 * * * * ?', '2026-01-30T00:00:00.500Z'), [
    '2026-01-30T00:00:20.000Z',
    '2026-01-30T00:00:40.000Z',
    '2026-01-30T00:01:00.000Z',
  ]);
});

test('a run is strictly after the moment that is asked from', () => {
  assert.deepEqual(runs('0 0 * * * *', '2026-01-30T05:00:00.000Z', 1), ['2026-01-30T06:00:00.000Z']);
  assert.deepEqual(runs('0 0 * * * *', '2026-01-30T04:59:59.999Z', 1), ['2026-01-30T05:00:00.000Z']);
});

test('day and weekday must both hold', () => {
  assert.deepEqual(runs('0 0 0 13 * FRI', '2026-01-01T00:00:00Z', 2), [
    '2026-02-13T00:00:00.000Z',
    '2026-03-13T00:00:00.000Z',
  ]);
});

test('last days, working days, the first Monday', () => {
  assert.deepEqual(runs('0 0 0 L * *', '2026-02-01T00:00:00Z', 1), ['2026-02-28T00:00:00.000Z']);
  assert.deepEqual(runs('0 0 0 LW * *', '2026-02-01T00:00:00Z', 1), ['2026-02-27T00:00:00.000Z']);
  assert.deepEqual(runs('0 0 0 1W * *', '2026-01-30T00:00:00Z', 1), ['2026-02-02T00:00:00.000Z']);
  assert.deepEqual(runs('0 0 0 ? * MON#1', '2026-01-30T00:00:00Z', 1), ['2026-02-02T00:00:00.000Z']);
});

test('macros stand for the start of what they name', () => {
  const from = '2026-05-06T07:08:09Z';
  const first = (macro: string) => runs(macro, from, 1)[0];
  assert.equal(first('@hourly'), '2026-05-06T08:00:00.000Z');
  assert.equal(first('@daily'), '2026-05-07T00:00:00.000Z');
  assert.equal(first('@midnight'), '2026-05-07T00:00:00.000Z');
  assert.equal(first('@weekly'), '2026-05-10T00:00:00.000Z');
  assert.equal(first('@monthly'), '2026-06-01T00:00:00.000Z');
  assert.equal(first('@yearly'), '2027-01-01T00:00:00.000Z');
  assert.equal(first('@Annually'), '2027-01-01T00:00:00.000Z');
});

test('times are those of the zone', () => {
  assert.deepEqual(runs('0 0 9 * * *', '2026-01-30T00:00:00Z', 1, 'Europe/Vienna'), ['2026-01-30T08:00:00.000Z']);
  assert.deepEqual(runs('0 0 9 * * *', '2026-07-01T00:00:00Z', 1, 'Europe/Vienna'), ['2026-07-01T07:00:00.000Z']);
  assert.deepEqual(runs('0 0 9 * * *', '2026-07-01T00:00:00Z', 1, 'Asia/Kolkata'), ['2026-07-01T03:30:00.000Z']);
});

test('a time that does not exist in spring runs right after the gap, and once', () => {
  // Vienna goes from 02:00 to 03:00 on 29 March 2026.
  assert.deepEqual(runs('0 30 2 * * *', '2026-03-28T12:00:00Z', 2, 'Europe/Vienna'), [
    '2026-03-29T01:00:00.000Z',
    '2026-03-30T00:30:00.000Z',
  ]);
});

test('of several times that do not exist in spring one run is made up for right after the gap', () => {
  const [eve, after, next] = ['2026-03-28T12:00:00Z', '2026-03-29T01:00:00.000Z', '2026-03-30T00:15:00.000Z'];
  assert.deepEqual(runs('0 15,45 2 * * *', eve, 2, 'Europe/Vienna'), [after, next]);
  assert.deepEqual(runs('0 15/20 2 * * *', eve, 2, 'Europe/Vienna'), [after, next]);
  assert.deepEqual(runs('0 30 1,2 29 3 *', eve, 3, 'Europe/Vienna').slice(0, 2), ['2026-03-29T00:30:00.000Z', after]);
  assert.deepEqual(runs('0 30 2,3 * * *', eve, 2, 'Europe/Vienna'), [after, '2026-03-29T01:30:00.000Z']);
  // What runs every hour has its run in each hour that there is.
  assert.deepEqual(runs('0 30 * * * *', '2026-03-29T00:10:00Z', 2, 'Europe/Vienna'), [
    '2026-03-29T00:30:00.000Z',
    '2026-03-29T01:30:00.000Z',
  ]);
  // Santiago goes from midnight to one o'clock.
  assert.deepEqual(runs('0 30,45 0 * * *', '2026-09-05T12:00:00Z', 2, 'America/Santiago'), [
    '2026-09-06T04:00:00.000Z',
    '2026-09-07T03:30:00.000Z',
  ]);
  // The next such day is five years off.
  assert.deepEqual(runs('0 15,45 2 28 3 SUN', '2027-03-28T12:00:00Z', 1, 'Europe/Vienna'), [
    '2032-03-28T01:00:00.000Z',
  ]);
});

test('a time that comes twice in autumn runs once', () => {
  // Vienna goes from 03:00 to 02:00 on 25 October 2026.
  assert.deepEqual(runs('0 30 2 * * *', '2026-10-24T12:00:00Z', 2, 'Europe/Vienna'), [
    '2026-10-25T00:30:00.000Z',
    '2026-10-26T01:30:00.000Z',
  ]);
});

test('several expressions are one list of moments, each once', () => {
  const both: Times = {
    crons: [{ cronExpression: '0 0 9 * * *', zoneId: 'Europe/Vienna' }, { cronExpression: '0 0 8,20 * * *' }],
  };
  assert.deepEqual(iso(nextRuns(both, at('2026-01-30T00:00:00Z'), 3)), [
    '2026-01-30T08:00:00.000Z',
    '2026-01-30T20:00:00.000Z',
    '2026-01-31T08:00:00.000Z',
  ]);
  assert.equal(nextRun(both, at('2026-01-30T10:00:00Z'))?.cron.cronExpression, '0 0 8,20 * * *');
});

test('start and end bound the moments, both inclusive', () => {
  const bounded = times('0 0 * * * *', undefined, {
    startAt: at('2026-01-30T05:00:00Z'),
    endAt: at('2026-01-30T06:00:00Z'),
  });
  assert.deepEqual(iso(nextRuns(bounded, at('2026-01-01T00:00:00Z'), 5)), [
    '2026-01-30T05:00:00.000Z',
    '2026-01-30T06:00:00.000Z',
  ]);
  assert.equal(nextRun(bounded, at('2026-01-30T06:00:00Z')), undefined);
});

test('what cannot be used is said', () => {
  assert.equal(cronProblem({ cronExpression: ' 0  0 12 * * ? ' }), undefined);
  const problem = (cronExpression: string, zoneId?: string) =>
    cronProblem({ cronExpression, ...(zoneId && { zoneId }) });
  assert.match(problem('* * * * *') ?? '', /has 5 fields; write six/);
  assert.match(problem('') ?? '', /has 1 fields/);
  assert.match(problem('@reboot') ?? '', /no macro @reboot/);
  assert.match(problem('60 * * * * *') ?? '', /not a cron expression/);
  assert.match(problem('0 0 0 31 2 *') ?? '', /never comes/);
  assert.match(problem('0 0 0 * * *', 'Mars/Olympus') ?? '', /no time zone "Mars\/Olympus"/);
  assert.equal(nextRun(times('nonsense'), 0), undefined);
});

test('any text is an expression or a problem, and moments only grow', () => {
  const field = fc.constantFrom('*', '?', '0', '5', '1-3', '*/7', '0/20', 'L', 'MON', '31', '1,2', 'x', '#', '99', '-');
  fc.assert(
    fc.property(fc.array(field, { minLength: 1, maxLength: 7 }), fc.integer({ min: 0, max: 4e12 }), (fields, from) => {
      const spec = { cronExpression: fields.join(' ') };
      const moments = nextRuns({ crons: [spec] }, from, 3);
      if (cronProblem(spec) !== undefined) assert.deepEqual(moments, []);
      for (const [i, ms] of moments.entries()) assert.ok(ms > (moments[i - 1] ?? from));
    }),
  );
});
