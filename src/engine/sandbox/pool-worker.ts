// A thread of the pool: runs one script, one jq program or one tried execution at a time. Its engines are loaded when first
// needed.

import { parentPort } from 'node:worker_threads';
import { type Answer, BEGAN, type JqJob, type MockJob, type ScriptJob } from './channel.ts';
import { createJqEngine, type JqEngine } from './jq.ts';
import { type MockOrder, runMock } from './mock-job.ts';
import { createScriptEngine, type ScriptEngine } from './script-engine.ts';
import { threadCpuMs } from './thread-cpu.ts';

let scripts: ScriptEngine | undefined;
let jq: JqEngine | undefined;

async function run(job: ScriptJob | JqJob | MockJob, began: () => void): Promise<Answer> {
  if (job.kind === 'jq') {
    jq ??= await createJqEngine();
    began();
    return { reply: jq.run(job.program, job.input), spent: jq.spent() };
  }
  scripts ??= await createScriptEngine(threadCpuMs);
  if (job.kind === 'mock') {
    if (job.order.includes('JSON_JQ_TRANSFORM')) jq ??= await createJqEngine();
    began();
    const reply = runMock(JSON.parse(job.order) as MockOrder, scripts, jq);
    return { reply, spent: scripts.spent() || (jq?.spent() ?? false) };
  }
  began();
  return { reply: scripts.run(job.script, job.input, job.deadlineMs), spent: scripts.spent() };
}

parentPort?.on('message', async (job: ScriptJob | JqJob | MockJob) => {
  parentPort?.postMessage(await run(job, () => parentPort?.postMessage(BEGAN)));
});
