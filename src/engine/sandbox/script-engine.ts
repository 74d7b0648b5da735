// QuickJS in WebAssembly on the thread that calls it: a new runtime for each script, so nothing one script does is seen by
// another. Some of its built-in functions cannot be interrupted; whoever must not hang runs this in a thread that can be ended.

import variantModule from '@jitl/quickjs-ng-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  Scope,
} from 'quickjs-emscripten-core';
import {
  MAX_RESULT_LENGTH,
  MAX_SANDBOX_REASON_LENGTH,
  MAX_SCRIPT_LENGTH,
  MAX_SCRIPT_MEMORY_PAGES,
  MAX_SCRIPT_STACK_BYTES,
  MAX_SPARE_RUNTIMES,
  SPENT_SCRIPT_MEMORY_PAGES,
} from './limits.ts';
import { PAGE_BYTES, webAssembly } from './web-assembly.ts';

/** What the machine asks for at least. */
const INITIAL_MEMORY_PAGES = 256;

export type Reply = { readonly ok: true; readonly json: string } | { readonly ok: false; readonly reason: string };

export interface ScriptEngine {
  /**
   * Runs a script with `$` bound to the JSON text `input`. Its result is its last value, or what it returns outside of any
   * function. `deadlineMs` is measured with the engine's clock.
   */
  readonly run: (script: string, input: string, deadlineMs: number) => Reply;
  /** Makes a runtime ahead; false when there are enough. */
  readonly prepare: () => boolean;
  /** True when a run broke the engine or filled its memory: it must be replaced. */
  readonly spent: () => boolean;
}

interface Realm {
  readonly runtime: QuickJSRuntime;
  readonly context: QuickJSContext;
}

/** No Proxy and no typed arrays. Without Promise, a script that uses `async` or `import()` breaks the machine. */
const INTRINSICS = {
  BaseObjects: true,
  Eval: true,
  JSON: true,
  Date: true,
  RegExp: true,
  RegExpCompiler: true,
  MapSet: true,
  StringNormalize: true,
  Promise: true,
};

/** `now` counts milliseconds; a worker hands in the time that its own thread has computed, so a busy machine ends no script. */
export async function createScriptEngine(now: () => number): Promise<ScriptEngine> {
  // The package's types describe its CommonJS form, where the variant lies one level deeper than in its ES module.
  const variant = variantModule as unknown as typeof variantModule.default;
  const wasmMemory = new webAssembly.Memory({ initial: INITIAL_MEMORY_PAGES, maximum: MAX_SCRIPT_MEMORY_PAGES });
  const machine = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory }));
  const spares: Realm[] = [];
  const full = (): boolean => wasmMemory.buffer.byteLength > SPENT_SCRIPT_MEMORY_PAGES * PAGE_BYTES;
  let broken = false;

  const makeRealm = (): Realm => {
    const runtime = machine.newRuntime({ maxStackSizeBytes: MAX_SCRIPT_STACK_BYTES });
    return { runtime, context: runtime.newContext({ intrinsics: INTRINSICS }) };
  };

  const run = (script: string, input: string, deadlineMs: number): Reply => {
    if (script.length > MAX_SCRIPT_LENGTH) return failed(`a script has at most ${MAX_SCRIPT_LENGTH} characters`);
    try {
      const realm = spares.pop() ?? makeRealm();
      const reply = runIn(realm, script, input, deadlineMs, now);
      realm.context.dispose();
      realm.runtime.dispose();
      // An error that finds no memory for its own text arrives without one.
      return !reply.ok && reply.reason === '' && full() ? failed('the script ran out of memory') : reply;
    } catch (error) {
      // Not the script but the machine threw: its stack or its memory is in an unknown state.
      broken = true;
      return failed(`the sandbox broke: ${String(error)}`);
    }
  };

  return {
    run,
    prepare: () => {
      if (broken || spares.length >= MAX_SPARE_RUNTIMES) return false;
      spares.push(makeRealm());
      return true;
    },
    spent: () => broken || full(),
  };
}

const failed = (reason: string): Reply => ({ ok: false, reason: reason.slice(0, MAX_SANDBOX_REASON_LENGTH) });

function runIn(
  { runtime, context }: Realm,
  script: string,
  input: string,
  deadlineMs: number,
  now: () => number,
): Reply {
  const end = now() + deadlineMs;
  let late = false;
  runtime.setInterruptHandler(() => {
    late ||= now() > end;
    return late;
  });
  return Scope.withScope((scope) => {
    // Taken before the script runs, which may replace them.
    const json = scope.manage(context.getProp(context.global, 'JSON'));
    const stringify = scope.manage(context.getProp(json, 'stringify'));
    const parse = scope.manage(context.getProp(json, 'parse'));
    const reasonOf = (error: QuickJSHandle): Reply => {
      const reason = describe(context, scope.manage(error));
      return failed(late ? `the script ran longer than ${deadlineMs} ms` : reason);
    };

    const bindings = context.callFunction(parse, context.undefined, scope.manage(context.newString(input)));
    if (bindings.error) return reasonOf(bindings.error);
    context.setProp(context.global, '$', scope.manage(bindings.value));

    const result = evaluate(context, script);
    if (result.error) return reasonOf(result.error);
    scope.manage(result.value);
    if (!isPlain(context, result.value)) return failed('the script returned a promise, but nothing in it can wait');
    const text = context.callFunction(stringify, context.undefined, result.value);
    if (text.error) return reasonOf(text.error);
    return textOf(context, scope.manage(text.value));
  });
}

const OPTIONS = { type: 'global' } as const;

/** A script that returns outside of any function becomes the body of one. */
function evaluate(context: QuickJSContext, script: string): ReturnType<QuickJSContext['evalCode']> {
  const result = context.evalCode(script, 'script', OPTIONS);
  if (!result.error || !script.includes('return')) return result;
  const message = context.getProp(result.error, 'message').consume((handle) => context.getString(handle));
  if (message !== 'return not in a function') return result;
  result.error.dispose();
  return context.evalCode(`(function () {\n${script}\n})()`, 'script', OPTIONS);
}

function isPlain(context: QuickJSContext, handle: QuickJSHandle): boolean {
  const state = context.getPromiseState(handle);
  if (state.type === 'fulfilled') return state.notAPromise === true;
  if (state.type === 'rejected') state.error.dispose();
  return false;
}

/** What cannot be written as JSON (undefined, a function) is null. */
function textOf(context: QuickJSContext, handle: QuickJSHandle): Reply {
  if (context.typeof(handle) !== 'string') return { ok: true, json: 'null' };
  const length = context.getProp(handle, 'length').consume((value) => context.getNumber(value));
  if (length > MAX_RESULT_LENGTH) return failed(`the result has more than ${MAX_RESULT_LENGTH} characters`);
  return { ok: true, json: context.getString(handle) };
}

function describe(context: QuickJSContext, error: QuickJSHandle): string {
  const thrown: unknown = context.dump(error);
  if (typeof thrown === 'string') return thrown;
  if (typeof thrown !== 'object' || thrown === null) return `the script threw ${String(thrown)}`;
  const { name, message } = thrown as { readonly name?: unknown; readonly message?: unknown };
  if (typeof name === 'string' && typeof message === 'string') return `${name}: ${message}`;
  return typeof message === 'string' ? message : `the script threw ${JSON.stringify(thrown)}`;
}
