// The part of WebAssembly's JavaScript interface that the sandbox uses, typed here: TypeScript knows it only as a part of the
// browser, whose types a server must not see. Source: W3C, WebAssembly JavaScript Interface, chapter 5.

export interface Memory {
  readonly buffer: ArrayBuffer;
  /** Answers the size before; throws a RangeError where the memory cannot grow. In pages. */
  grow: (pages: number) => number;
}

interface WebAssemblyInterface {
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => Memory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

export const PAGE_BYTES = 65_536;

export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyInterface }).WebAssembly;
