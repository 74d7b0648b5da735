// What a route needs of its caller. Each route declares one need; who holds which is decided here and nowhere else.
// Words, from little to much: read (look), run (move executions), edit (change definitions), admin (keys and people).

export const NEEDS = ['read', 'run', 'edit', 'admin'] as const;
export type Need = (typeof NEEDS)[number];

/** Who calls, once that is known. */
export interface Principal {
  /** Name for `createdBy` and logs. */
  readonly name: string;
  readonly may: ReadonlySet<Need>;
}

const EVERYTHING: ReadonlySet<Need> = new Set(NEEDS);

/** Nobody has to say who they are: only this machine can call. */
export const LOCAL: Principal = { name: 'local', may: EVERYTHING };

/** Whoever shows the key of the installation. */
export const KEY_HOLDER: Principal = { name: 'api-key', may: EVERYTHING };
