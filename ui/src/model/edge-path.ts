// Edges as SVG paths: right angles with round corners, and the arrow head at the end.
import type { Point } from './block-layout.ts';

const RADIUS = 9;
const HEAD = 5;

const distance = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);

/** The point `by` away from `from` on the way to `to`. */
function towards(from: Point, to: Point, by: number): Point {
  const whole = distance(from, to) || 1;
  return { x: from.x + ((to.x - from.x) * by) / whole, y: from.y + ((to.y - from.y) * by) / whole };
}

const text = ({ x, y }: Point): string => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;

/** A path along the points; corners are rounded as far as their shorter side allows. */
export function roundedPath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const parts = [`M ${text(first)}`];
  for (const [i, corner] of rest.entries()) {
    const before = points[i] as Point;
    const after = rest[i + 1];
    if (!after) {
      parts.push(`L ${text(corner)}`);
      continue;
    }
    const radius = Math.min(RADIUS, distance(before, corner) / 2, distance(corner, after) / 2);
    parts.push(
      `L ${text(towards(corner, before, radius))}`,
      `Q ${text(corner)} ${text(towards(corner, after, radius))}`,
    );
  }
  return parts.join(' ');
}

/** A small triangle at the end, in the direction of the last part. */
export function arrowPath(points: readonly Point[]): string {
  const [before, tip] = [points.at(-2), points.at(-1)];
  if (!before || !tip) return '';
  const base = towards(tip, before, HEAD + 1);
  const side = { x: ((tip.y - base.y) * HEAD) / (HEAD + 1) / 1.4, y: ((tip.x - base.x) * HEAD) / (HEAD + 1) / 1.4 };
  return `M ${text(tip)} L ${text({ x: base.x - side.x, y: base.y + side.y })} L ${text({ x: base.x + side.x, y: base.y - side.y })} Z`;
}
