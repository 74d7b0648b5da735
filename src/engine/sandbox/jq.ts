// jq 1.8.2 in WebAssembly on the thread that calls it. It cannot be interrupted, so it runs only in threads that can be ended.

import { readFileSync } from 'node:fs';
import { type Jq, loadJq } from 'jq-wasm';
import { MAX_JQ_MEMORY_BYTES, MAX_PROGRAM_LENGTH, MAX_RESULT_LENGTH, MAX_SANDBOX_REASON_LENGTH } from './limits.ts';
import type { Reply } from './script-engine.ts';
import { type Memory, PAGE_BYTES, webAssembly } from './web-assembly.ts';

export interface JqEngine {
  /** Runs a program on the JSON text `input`; `json` is the list of everything it put out. */
  readonly run: (program: string, input: string) => Reply;
  /** True when a run broke the engine: it must be replaced. */
  readonly spent: () => boolean;
}

export async function createJqEngine(): Promise<JqEngine> {
  const machine = await loadBounded();
  let broken = false;
  return {
    run: (program, input) => {
      if (program.length > MAX_PROGRAM_LENGTH)
        return failed(`a jq program has at most ${MAX_PROGRAM_LENGTH} characters`);
      try {
        // The space keeps a program that begins with - from being read as an option.
        return replyOf(machine.raw(input, ` ${program}`, ['-c']));
      } catch {
        // jq aborts when it gets no more memory or stack, and cannot be used again.
        broken = true;
        return failed(
          `the jq program nests too deep or needs more than ${MAX_JQ_MEMORY_BYTES / 1_048_576} MB of memory`,
        );
      }
    },
    spent: () => broken,
  };
}

const failed = (reason: string): Reply => ({ ok: false, reason: reason.slice(0, MAX_SANDBOX_REASON_LENGTH) });

function replyOf({ stdout, stderr, exitCode }: ReturnType<Jq['raw']>): Reply {
  if (exitCode !== 0)
    return failed(
      stderr.replace(/^jq: error(?: \(at [^)]*\))?(?: \(not a string\))?: /, '') || 'the jq program failed',
    );
  if (stdout.length > MAX_RESULT_LENGTH) return failed(`the results have more than ${MAX_RESULT_LENGTH} characters`);
  return { ok: true, json: `[${stdout.replaceAll('\n', ',')}]` };
}

/** The module owns its memory and asks for more through `grow`, so that is where the limit stands. */
async function loadBounded(): Promise<Jq> {
  const bytes = readFileSync(new URL(import.meta.resolve('jq-wasm/jq.wasm')));
  const module = new webAssembly.Module(bytes);
  return loadJq({
    instantiateWasm(imports, onSuccess) {
      const instance = new webAssembly.Instance(module, imports);
      for (const exported of Object.values(instance.exports)) {
        if (exported instanceof webAssembly.Memory) bound(exported);
      }
      onSuccess(instance, module);
    },
  });
}

function bound(memory: Memory): void {
  const grow = memory.grow.bind(memory);
  memory.grow = (pages) => {
    if (memory.buffer.byteLength + pages * PAGE_BYTES > MAX_JQ_MEMORY_BYTES) throw new RangeError('no more memory');
    return grow(pages);
  };
}
