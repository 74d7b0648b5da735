// Places a definition on a plane without a graph algorithm: definitions are trees of lists, so blocks stack and sit side by side.
// O(n), deterministic, and nothing moves when a state changes (facts: 1 ms for 1,000 tasks against seconds of general layouters).
import type { WorkflowDef, WorkflowTask } from '../../../src/core/model.ts';
import { type DefPath, isFork, isJoin, listsIn, pathKey, ROOT_LIST } from './def-edit.ts';

const NODE_WIDTH = 216;
const NODE_HEIGHT = 52;
const END_SIZE = 28;
const MERGE_SIZE = 8;
/** Room between two blocks: holds the + of the edge. */
const GAP = 44;
/** Room below a task that opens branches: bend, label and +. */
const BRANCH_GAP = 64;
const MERGE_GAP = 40;
const SIDE_GAP = 28;
/** An empty branch still shows its label and its +. */
const EMPTY_WIDTH = 120;
const LOOP_PADDING = 28;
const LOOP_FOOT = 26;
/** Children of a dynamic fork that are drawn one by one; the rest is one node that says how many. */
const MAX_DYNAMIC_DRAWN = 12;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface DiagramNode {
  readonly id: string;
  readonly kind: 'start' | 'end' | 'merge' | 'task' | 'loopEnd' | 'more';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly path?: DefPath;
  readonly task?: WorkflowTask;
  /** On `more`: how many children it stands for. */
  readonly count?: number;
}

/** The body of a loop: a box behind its tasks. */
export interface DiagramFrame {
  readonly id: string;
  readonly path: DefPath;
  readonly task: WorkflowTask;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the + of an edge puts a new task. */
export interface InsertAt {
  readonly list: DefPath;
  readonly index: number;
}

export interface DiagramEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
  readonly kind: 'flow' | 'back';
  readonly label?: { readonly text: string; readonly at: Point };
  readonly insert?: InsertAt & { readonly at: Point };
}

export interface DiagramLayout {
  readonly nodes: readonly DiagramNode[];
  readonly frames: readonly DiagramFrame[];
  readonly edges: readonly DiagramEdge[];
  readonly width: number;
  readonly height: number;
}

interface Branch {
  readonly list: DefPath;
  readonly name: string;
  readonly blocks: readonly Block[];
  /** Branches made at run time have no + and no place in the definition. */
  readonly fixed: boolean;
  readonly width: number;
  readonly height: number;
}

interface Block {
  readonly path: DefPath;
  readonly task: WorkflowTask;
  readonly branches: readonly Branch[];
  readonly shape: 'task' | 'branches' | 'loop';
  readonly join: WorkflowTask | undefined;
  readonly more: number;
  /** Places of the list it covers: 2 for a fork with its join. */
  readonly span: number;
  readonly width: number;
  readonly height: number;
}

export interface LayoutOptions {
  /** Tasks that a dynamic fork made in an execution, by its reference name. */
  readonly dynamic?: ReadonlyMap<string, readonly WorkflowTask[]>;
}

/** Lays out a definition; x and y are top left corners, the flow runs from top to bottom around x = width / 2. */
export function layoutDefinition(def: Pick<WorkflowDef, 'tasks'>, options: LayoutOptions = {}): DiagramLayout {
  const root = measureBranch(ROOT_LIST, '', def.tasks ?? [], options, false);
  const width = Math.max(root.width, NODE_WIDTH);
  const out: Output = { nodes: [], frames: [], edges: [] };
  const centre = width / 2;
  out.nodes.push({ id: 'start', kind: 'start', ...around(centre, 0, END_SIZE, END_SIZE) });
  const top = END_SIZE + GAP;
  const bottom = root.blocks.length > 0 ? top + root.height + GAP : top;
  out.nodes.push({ id: 'end', kind: 'end', ...around(centre, bottom, END_SIZE, END_SIZE) });
  drawList(root, centre, top, { id: 'start', x: centre, y: END_SIZE }, { id: 'end', x: centre, y: bottom }, out, {});
  return { ...out, width, height: bottom + END_SIZE };
}

// ---- measuring ------------------------------------------------------------------------------------------------------

function measureBranch(
  list: DefPath,
  name: string,
  tasks: readonly WorkflowTask[],
  options: LayoutOptions,
  fixed: boolean,
): Branch {
  const blocks: Block[] = [];
  for (let i = 0; i < tasks.length; ) {
    const block = measureBlock([...list, i], tasks[i] as WorkflowTask, tasks[i + 1], options);
    blocks.push(block);
    i += block.span;
  }
  const width = Math.max(EMPTY_WIDTH, ...blocks.map((block) => block.width));
  const height = blocks.reduce((sum, block) => sum + block.height, 0) + Math.max(0, blocks.length - 1) * GAP;
  return { list, name, blocks, fixed, width, height };
}

function measureBlock(
  path: DefPath,
  task: WorkflowTask,
  next: WorkflowTask | undefined,
  options: LayoutOptions,
): Block {
  const join = isFork(task) && next && isJoin(next) ? next : undefined;
  const span = join ? 2 : 1;
  const foot = join ? NODE_HEIGHT : MERGE_SIZE;
  const { branches, more } = branchesOfBlock(path, task, options);
  const base = { path, task, branches, join, more, span };
  if (task.type === 'DO_WHILE') {
    const body = branches[0] as Branch;
    const width = Math.max(NODE_WIDTH, body.width) + 2 * LOOP_PADDING;
    const height = LOOP_PADDING + NODE_HEIGHT + GAP + body.height + (body.blocks.length > 0 ? GAP : 0) + LOOP_FOOT + 12;
    return { ...base, shape: 'loop', width, height };
  }
  if (branches.length === 0 && !join) return { ...base, shape: 'task', width: NODE_WIDTH, height: NODE_HEIGHT };
  const inner = branches.reduce((sum, branch) => sum + branch.width, 0) + Math.max(0, branches.length - 1) * SIDE_GAP;
  const tallest = Math.max(0, ...branches.map((branch) => branch.height));
  return {
    ...base,
    shape: 'branches',
    width: Math.max(NODE_WIDTH, inner),
    height: NODE_HEIGHT + BRANCH_GAP + tallest + MERGE_GAP + foot,
  };
}

function branchesOfBlock(
  path: DefPath,
  task: WorkflowTask,
  options: LayoutOptions,
): { branches: Branch[]; more: number } {
  if (task.type !== 'FORK_JOIN_DYNAMIC')
    return {
      branches: listsIn(task).map(({ at, name, tasks }) =>
        measureBranch([...path, ...at], name, tasks, options, false),
      ),
      more: 0,
    };
  const made = options.dynamic?.get(task.taskReferenceName) ?? [];
  const drawn = made.length > MAX_DYNAMIC_DRAWN ? made.slice(0, MAX_DYNAMIC_DRAWN - 1) : made;
  const branches = drawn.map((child, i) => measureBranch([...path, 'made', i], '', [child], options, true));
  const more = made.length - drawn.length;
  if (more > 0)
    branches.push({
      list: [...path, 'more'],
      name: '',
      blocks: [],
      fixed: true,
      width: NODE_WIDTH,
      height: NODE_HEIGHT,
    });
  return { branches, more };
}

// ---- drawing --------------------------------------------------------------------------------------------------------

interface Output {
  readonly nodes: DiagramNode[];
  readonly frames: DiagramFrame[];
  readonly edges: DiagramEdge[];
}

/** A place where an edge begins or ends. */
interface Anchor extends Point {
  readonly id: string;
}

interface Ends {
  /** Label of the first edge, where several leave the same node. */
  readonly label?: string;
  /** The first edge leaves a node that others leave too: it bends right below it. */
  readonly spreads?: boolean;
  /** The last edge meets others: it bends right above where they meet. */
  readonly merges?: boolean;
}

const around = (centre: number, y: number, width: number, height: number) => ({
  x: centre - width / 2,
  y,
  width,
  height,
});

function drawList(
  branch: Branch,
  centre: number,
  top: number,
  from: Anchor,
  to: Anchor,
  out: Output,
  ends: Ends,
): void {
  let at = from;
  let y = top;
  let index = 0;
  for (const [i, block] of branch.blocks.entries()) {
    const entry: Anchor = { id: pathKey(block.path), x: centre, y: block.shape === 'loop' ? y + LOOP_PADDING : y };
    connect(at, entry, centre, out, {
      insert: branch.fixed ? undefined : { list: branch.list, index },
      spreads: i === 0 && ends.spreads === true,
      label: i === 0 ? ends.label : undefined,
    });
    at = drawBlock(block, centre, y, out);
    y += block.height + GAP;
    index += block.span;
  }
  const only = branch.blocks.length === 0;
  connect(at, to, centre, out, {
    insert: branch.fixed ? undefined : { list: branch.list, index },
    spreads: only && ends.spreads === true,
    merges: ends.merges === true,
    label: only ? ends.label : undefined,
  });
}

/** Draws a block and answers where its way out begins. */
function drawBlock(block: Block, centre: number, y: number, out: Output): Anchor {
  const id = pathKey(block.path);
  const { path, task } = block;
  if (block.shape === 'loop') return drawLoop(block, centre, y, out);
  out.nodes.push({ id, kind: 'task', path, task, ...around(centre, y, NODE_WIDTH, NODE_HEIGHT) });
  const exit: Anchor = { id, x: centre, y: y + NODE_HEIGHT };
  if (block.shape === 'task') return exit;
  const footHeight = block.join ? NODE_HEIGHT : MERGE_SIZE;
  const footTop = y + block.height - footHeight;
  const foot = drawFoot(block, centre, footTop, out);
  const inner =
    block.branches.reduce((sum, branch) => sum + branch.width, 0) + Math.max(0, block.branches.length - 1) * SIDE_GAP;
  let left = centre - inner / 2;
  for (const branch of block.branches) {
    drawBranch(block, branch, left + branch.width / 2, y + NODE_HEIGHT + BRANCH_GAP, exit, foot, out);
    left += branch.width + SIDE_GAP;
  }
  if (block.branches.length === 0) connect(exit, foot, centre, out, {});
  return { id: foot.id, x: centre, y: footTop + footHeight };
}

function drawFoot(block: Block, centre: number, top: number, out: Output): Anchor {
  const id = `${pathKey(block.path)}/foot`;
  if (!block.join) {
    out.nodes.push({ id, kind: 'merge', path: block.path, ...around(centre, top, MERGE_SIZE, MERGE_SIZE) });
    return { id, x: centre, y: top };
  }
  const path = [...block.path.slice(0, -1), Number(block.path.at(-1)) + 1];
  const node = { kind: 'task' as const, path, task: block.join, ...around(centre, top, NODE_WIDTH, NODE_HEIGHT) };
  out.nodes.push({ id: pathKey(path), ...node });
  return { id: pathKey(path), x: centre, y: top };
}

function drawBranch(
  block: Block,
  branch: Branch,
  centre: number,
  top: number,
  from: Anchor,
  to: Anchor,
  out: Output,
): void {
  if (branch.fixed && branch.blocks.length === 0) {
    const id = `${pathKey(block.path)}/more`;
    const place = around(centre, top, NODE_WIDTH, NODE_HEIGHT);
    out.nodes.push({ id, kind: 'more', path: block.path, task: block.task, count: block.more, ...place });
    connect(from, { id, x: centre, y: top }, centre, out, { spreads: true });
    connect({ id, x: centre, y: top + NODE_HEIGHT }, to, centre, out, { merges: true });
    return;
  }
  drawList(branch, centre, top, from, to, out, { label: branch.name, spreads: true, merges: true });
}

function drawLoop(block: Block, centre: number, y: number, out: Output): Anchor {
  const id = pathKey(block.path);
  const { path, task } = block;
  const body = block.branches[0] as Branch;
  const frame = around(centre, y, block.width, block.height);
  out.frames.push({ id: `${id}/frame`, path, task, ...frame });
  const head = y + LOOP_PADDING;
  out.nodes.push({ id, kind: 'task', path, task, ...around(centre, head, NODE_WIDTH, NODE_HEIGHT) });
  const footTop = y + block.height - LOOP_FOOT - 12;
  const foot = `${id}/foot`;
  out.nodes.push({ id: foot, kind: 'loopEnd', path, task, ...around(centre, footTop, NODE_WIDTH - 24, LOOP_FOOT) });
  drawList(
    body,
    centre,
    head + NODE_HEIGHT + GAP,
    { id, x: centre, y: head + NODE_HEIGHT },
    { id: foot, x: centre, y: footTop },
    out,
    {},
  );
  const left = frame.x + LOOP_PADDING / 2;
  out.edges.push({
    id: `${id}/back`,
    from: foot,
    to: id,
    kind: 'back',
    points: [
      { x: centre - (NODE_WIDTH - 24) / 2, y: footTop + LOOP_FOOT / 2 },
      { x: left, y: footTop + LOOP_FOOT / 2 },
      { x: left, y: head + NODE_HEIGHT / 2 },
      { x: centre - NODE_WIDTH / 2, y: head + NODE_HEIGHT / 2 },
    ],
  });
  return { id: foot, x: centre, y: footTop + LOOP_FOOT };
}

interface EdgeStyle {
  readonly insert?: InsertAt | undefined;
  readonly label?: string | undefined;
  readonly spreads?: boolean;
  readonly merges?: boolean;
}

/** Distance of the bend below a node that spreads, and above one where branches meet. */
const BEND = 18;

/** An edge that runs down the column `x = column`, with bends at its ends where the column is not that of its node. */
function connect(from: Anchor, to: Anchor, column: number, out: Output, style: EdgeStyle): void {
  const spreadY = from.y + BEND;
  const mergeY = to.y - BEND;
  const points: Point[] = [{ x: from.x, y: from.y }];
  if (from.x !== column) points.push({ x: from.x, y: spreadY }, { x: column, y: spreadY });
  if (to.x !== column) points.push({ x: column, y: mergeY }, { x: to.x, y: mergeY });
  points.push({ x: to.x, y: to.y });
  const begin = style.spreads ? spreadY : from.y;
  const end = style.merges ? mergeY : to.y;
  const labelAt = { x: column, y: begin + 13 };
  const plusAt = { x: column, y: style.label ? (begin + 24 + end) / 2 : (begin + end) / 2 };
  out.edges.push({
    id: `${from.id}>${to.id}@${column}`,
    from: from.id,
    to: to.id,
    kind: 'flow',
    points,
    ...(style.label ? { label: { text: style.label, at: labelAt } } : {}),
    ...(style.insert ? { insert: { ...style.insert, at: plusAt } } : {}),
  });
}
