import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { admit, allowedAtOnce, type Circuit, circuitOutcome, closedCircuit, record } from './circuit.ts';

const failuresToOpen = 5;
const firstPauseMs = 30_000;
const longestPauseMs = 600_000;
const probeLeaseMs = 60_000;

function failing(times: number, nowMs: number): Circuit {
  return Array.from({ length: times }).reduce<Circuit>((circuit) => record(circuit, 'failure', nowMs), closedCircuit);
}

test('opens after failures in a row, not before, and a success starts the count anew', () => {
  assert.equal(failing(failuresToOpen - 1, 0).state, 'closed');
  assert.deepEqual(failing(failuresToOpen, 0), { state: 'open', pauseMs: firstPauseMs, untilMs: firstPauseMs });
  const interrupted = record(failing(failuresToOpen - 1, 0), 'success', 0);
  assert.equal(record(interrupted, 'failure', 0).state, 'closed');
});

test('open waits, then admits one probe; the next in line waits for its result', () => {
  const opened = failing(failuresToOpen, 0);
  assert.deepEqual(admit(opened, firstPauseMs - 1), { type: 'wait', untilMs: firstPauseMs });
  const first = admit(opened, firstPauseMs);
  assert.equal(first.type === 'admit' && first.probe, true);
  if (first.type !== 'admit') return;
  assert.deepEqual(admit(first.circuit, firstPauseMs), { type: 'wait', untilMs: firstPauseMs + probeLeaseMs });
  assert.deepEqual(record(first.circuit, 'success', firstPauseMs), closedCircuit);
});

test('a failed probe doubles the pause up to the longest', () => {
  let circuit = failing(failuresToOpen, 0);
  const pauses: number[] = [];
  for (let i = 0; i < 8; i++) {
    if (circuit.state !== 'open') return assert.fail(circuit.state);
    pauses.push(circuit.pauseMs);
    const admitted = admit(circuit, circuit.untilMs);
    if (admitted.type !== 'admit') return assert.fail('the probe was not admitted');
    circuit = record(admitted.circuit, 'failure', circuit.untilMs);
  }
  assert.deepEqual(pauses, [30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000, 600_000]);
  assert.equal(pauses.at(-1), longestPauseMs);
});

test('a probe that never comes back blocks only for its lease', () => {
  const admitted = admit(failing(failuresToOpen, 0), firstPauseMs);
  if (admitted.type !== 'admit') return assert.fail('the probe was not admitted');
  assert.equal(admit(admitted.circuit, firstPauseMs + probeLeaseMs - 1).type, 'wait');
  assert.equal(admit(admitted.circuit, firstPauseMs + probeLeaseMs).type, 'admit');
});

test('failures of requests that were under way when it opened change nothing', () => {
  const opened = failing(failuresToOpen, 0);
  assert.equal(record(opened, 'failure', 10_000), opened);
});

test('how many may be under way', () => {
  const opened = failing(failuresToOpen, 0);
  assert.equal(allowedAtOnce(closedCircuit, 10, 0), 10);
  assert.equal(allowedAtOnce(opened, 10, 0), 0);
  assert.equal(allowedAtOnce(opened, 10, firstPauseMs), 1);
});

test('over any course: closed admits, open never does before its time, half-open one at a time', () => {
  type Step = { readonly do: 'admit' | 'success' | 'failure'; readonly afterMs: number };
  const step: fc.Arbitrary<Step> = fc.record({
    do: fc.constantFrom('admit', 'success', 'failure'),
    afterMs: fc.oneof(fc.nat(1_000), fc.nat(100_000), fc.nat(1_000_000)),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let circuit: Circuit = closedCircuit;
      let nowMs = 0;
      let failuresInRow = 0;
      let probeAtMs = Number.NEGATIVE_INFINITY;
      for (const { do: action, afterMs } of steps) {
        nowMs += afterMs;
        if (action !== 'admit') {
          circuit = record(circuit, action, nowMs);
          failuresInRow = action === 'success' ? 0 : failuresInRow + 1;
          if (action === 'success' || circuit.state === 'open') probeAtMs = Number.NEGATIVE_INFINITY;
          if (action === 'success') assert.equal(circuit.state, 'closed');
          if (circuit.state !== 'closed') assert.ok(failuresInRow >= failuresToOpen);
          continue;
        }
        const before = circuit;
        const admission = admit(circuit, nowMs);
        if (before.state === 'closed') assert.deepEqual(admission, { type: 'admit', circuit, probe: false });
        if (admission.type === 'wait') {
          assert.ok(admission.untilMs > nowMs && admission.untilMs <= nowMs + longestPauseMs);
          assert.equal(admit(circuit, admission.untilMs).type, 'admit', 'the promised time holds');
          continue;
        }
        circuit = admission.circuit;
        if (!admission.probe) continue;
        assert.ok(nowMs - probeAtMs >= probeLeaseMs, 'two probes at once');
        probeAtMs = nowMs;
      }
    }),
  );
});

test('what results say about a destination', () => {
  assert.equal(circuitOutcome('ok', 200), 'success');
  for (const resultClass of ['dns', 'tls', 'refused', 'timeout'] as const) {
    assert.equal(circuitOutcome(resultClass), 'failure');
  }
  for (const status of [502, 503, 504]) assert.equal(circuitOutcome('5xx', status), 'failure');
  for (const status of [500, 501, 599]) assert.equal(circuitOutcome('5xx', status), 'success');
  assert.equal(circuitOutcome('4xx', 404), 'success');
  assert.equal(circuitOutcome('4xx', 429), undefined);
  assert.equal(circuitOutcome('3xx', 301), 'success');
  assert.equal(circuitOutcome('guard'), undefined);
  assert.equal(circuitOutcome('ours'), undefined);
});
