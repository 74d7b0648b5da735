// The evaluator's thread: sleeps until it is asked, runs the script, answers; makes runtimes ahead in between.

import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { ANSWERED, type Answer, ASKED, type EvaluatorData, READY, type ScriptJob } from './channel.ts';
import { createScriptEngine } from './script-engine.ts';
import { threadCpuMs } from './thread-cpu.ts';

const { signals, port } = workerData as EvaluatorData;
const engine = await createScriptEngine(threadCpuMs);
// The first run compiles the machine's inner loop, about 20 ms that would count against the first condition.
engine.run('[1].map((n) => n + 1)', 'null', Number.POSITIVE_INFINITY);
while (engine.prepare());
announce(READY, 1);
parentPort?.postMessage('ready');

for (let asked = 0; ; ) {
  Atomics.wait(signals, ASKED, asked);
  asked = Atomics.load(signals, ASKED);
  const { script, input, deadlineMs } = receiveMessageOnPort(port)!.message as ScriptJob;
  const answer: Answer = { reply: engine.run(script, input, deadlineMs), spent: engine.spent() };
  port.postMessage(answer);
  announce(ANSWERED, asked);
  while (Atomics.load(signals, ASKED) === asked && engine.prepare());
}

function announce(place: number, value: number): void {
  Atomics.store(signals, place, value);
  Atomics.notify(signals, place);
}
