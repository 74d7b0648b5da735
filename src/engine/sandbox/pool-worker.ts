// A thread of the pool: runs one script or one jq program at a time. Its engines are loaded when first needed.

import { parentPort } from 'node:worker_threads';
import type { Answer, JqJob, ScriptJob } from './channel.ts';
import { createJqEngine, type JqEngine } from './jq.ts';
import { createScriptEngine, type ScriptEngine } from './script-engine.ts';
import { threadCpuMs } from './thread-cpu.ts';

let scripts: ScriptEngine | undefined;
let jq: JqEngine | undefined;

async function run(job: ScriptJob | JqJob): Promise<Answer> {
  if (job.kind === 'jq') {
    jq ??= await createJqEngine();
    return { reply: jq.run(job.program, job.input), spent: jq.spent() };
  }
  scripts ??= await createScriptEngine(threadCpuMs);
  return { reply: scripts.run(job.script, job.input, job.deadlineMs), spent: scripts.spent() };
}

parentPort?.on('message', async (job: ScriptJob | JqJob) => {
  parentPort?.postMessage(await run(job));
});
