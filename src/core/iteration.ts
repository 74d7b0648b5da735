// Loop suffixes: a task in the second iteration of a loop has the scope `__2`, one loop further in `__2__1`.

/** Scope of an iteration of a loop that itself lies at `scope`. */
export const innerScope = (scope: string, iteration: number): string => `${scope}__${iteration}`;

/** `__1__2` -> `__1`; `__1` -> ''. */
export const outerScope = (scope: string): string => scope.slice(0, Math.max(0, scope.lastIndexOf('__')));

/** Iteration of the innermost loop; 0 outside of loops. */
export const iterationOf = (scope: string): number =>
  scope === '' ? 0 : Number(scope.slice(scope.lastIndexOf('__') + 2));

/** How many loops a scope lies in. */
export const loopsIn = (scope: string): number => scope.split('__').length - 1;

/** True when `scope` is `outer` or lies inside it; `__10` is not inside `__1`. */
export const isInScope = (scope: string, outer: string): boolean =>
  scope.startsWith(outer) && (scope.length === outer.length || scope.startsWith('__', outer.length));

const SUFFIX = /^(.+?)((?:__[1-9][0-9]{0,8})+)$/;

/** Parts a reference name with loop suffixes: `pay__2` -> place `pay`, scope `__2`; undefined when there is none. */
export function partReference(reference: string): { place: string; scope: string } | undefined {
  const found = SUFFIX.exec(reference);
  return found ? { place: found[1] as string, scope: found[2] as string } : undefined;
}
