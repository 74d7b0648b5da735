// The house rules as pure functions: files in, one line per breach out, each saying where and what to do.
// What is allowed where is data in test/tidy.test.ts; here is only how to look.
import { lineAt, type SourceFile } from './source-file.ts';

export type Floors = Readonly<Record<string, number>>;

const isTest = (path: string) => /\.test\.tsx?$/.test(path);
/** Part of the product: the server and the web app, without their tests. */
const isProduct = (path: string) => /^(src|ui\/src)\//.test(path) && !isTest(path);

/** `src/core/tasks/join.ts` is in core, `src/config.ts` in config, all of the web app in ui. */
export function roomOf(path: string): string | undefined {
  if (path.startsWith('ui/')) return 'ui';
  const [top, room] = path.split('/');
  return top === 'src' && room !== undefined ? room.replace(/\.ts$/, '') : undefined;
}

/** Arrows point down: a file imports from its own room and from floors below, and nothing outside of the product. */
export function upwardImports(files: readonly SourceFile[], floors: Floors): string[] {
  const problems: string[] = [];
  for (const file of files.filter(({ path }) => isProduct(path) && roomOf(path) !== 'ui')) {
    const room = roomOf(file.path) ?? '';
    const floor = floors[room];
    if (floor === undefined) {
      problems.push(
        `${file.path}: ${room} is no room of the design; put the file into a room, or give the room a floor`,
      );
      continue;
    }
    for (const { file: target, line } of file.imports) {
      if (target === undefined) continue;
      const other = roomOf(target);
      const below = other === undefined || other === 'ui' ? undefined : floors[other];
      if (other === room || (below !== undefined && below < floor)) continue;
      const why = below === undefined ? 'is not part of the server' : below === floor ? 'is beside it' : 'is above it';
      problems.push(
        `${file.path}:${line}: ${room} imports ${target}, which ${why}; move what both need to a floor below`,
      );
    }
  }
  return problems;
}

/** The web app takes values from core, types from the contract, and packages. */
export function uiImports(files: readonly SourceFile[]): string[] {
  const problems: string[] = [];
  for (const file of files.filter(({ path }) => path.startsWith('ui/src/') && isProduct(path))) {
    for (const { file: target, specifier, line, typeOnly } of file.imports) {
      if (specifier.startsWith('node:'))
        problems.push(`${file.path}:${line}: ${specifier} does not exist in a browser`);
      if (target === undefined || target.startsWith('ui/') || target.startsWith('src/core/')) continue;
      if (!/^src\/http\/contract(\.ts|\/)/.test(target))
        problems.push(
          `${file.path}:${line}: ${target} is closed to the web app; it may use src/core and src/http/contract`,
        );
      else if (!typeOnly)
        problems.push(
          `${file.path}:${line}: take types only from ${target} (import type), so no server code is bundled`,
        );
    }
  }
  return problems;
}

/** The rules do no I/O, and run in the browser too: nothing but themselves and the packages named here. */
export function coreImports(files: readonly SourceFile[], packages: ReadonlySet<string>): string[] {
  return files
    .filter(({ path }) => path.startsWith('src/core/') && isProduct(path))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ file, specifier }) => file === undefined && !packages.has(specifier))
        .map(
          ({ specifier, line }) => `${path}:${line}: core imports ${specifier}; let the caller hand it in through env`,
        ),
    );
}

/** The folders inside of a room are its own business: others see what lies at its door. */
export function innerImports(files: readonly SourceFile[], room: string): string[] {
  const isInner = (file: string): boolean => file.startsWith(room) && file.slice(room.length).includes('/');
  return files
    .filter(({ path }) => /^(src|ui)\//.test(path) && !path.startsWith(room) && isProduct(path))
    .flatMap(({ path, imports }) =>
      imports.flatMap(({ file, line }) =>
        file !== undefined && isInner(file)
          ? [`${path}:${line}: reaches into ${file}; what others need lies in ${room} itself`]
          : [],
      ),
    );
}

/** Imports that lead back to where they began, types included; one line per ring, from the first file of it. */
export function importRings(files: readonly SourceFile[]): string[] {
  const graph = new Map(files.filter(({ path }) => isProduct(path)).map((file) => [file.path, file]));
  const done = new Set<string>();
  const problems: string[] = [];
  const visit = (path: string, way: string[]) => {
    const begin = way.indexOf(path);
    if (begin !== -1) {
      problems.push(
        `${[...way.slice(begin), path].join(' -> ')}: a ring; move what both ends need into a file of its own`,
      );
      return;
    }
    if (done.has(path)) return;
    for (const { file } of graph.get(path)?.imports ?? []) if (file && graph.has(file)) visit(file, [...way, path]);
    done.add(path);
  };
  for (const path of [...graph.keys()].sort()) visit(path, []);
  return problems;
}

export function brokenImports(files: readonly SourceFile[], exists: (path: string) => boolean): string[] {
  return files.flatMap(({ path, imports }) =>
    imports
      .filter(({ file }) => file !== undefined && !exists(file))
      .map(({ specifier, line }) => `${path}:${line}: ${specifier} does not exist`),
  );
}

export function longFiles(files: readonly SourceFile[], productLines: number, otherLines: number): string[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    const limit = isProduct(path) ? productLines : otherLines;
    return lines > limit ? [`${path}: ${lines} lines, at most ${limit}; part it by the nouns in it`] : [];
  });
}

export type Ban = {
  readonly what: string;
  readonly pattern: RegExp;
  /** Files, or folders with a slash at the end, where the rule holds. Tests beside the files are free. */
  readonly within: readonly string[];
  /** The homes: where it is allowed all the same. */
  readonly homes: readonly string[];
  readonly instead: string;
  readonly testsToo?: boolean;
};

const isIn = (path: string, places: readonly string[]) =>
  places.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place));

/** Words of code that have one home. Strings and comments do not count. */
export function bannedWords(files: readonly SourceFile[], bans: readonly Ban[]): string[] {
  return files.flatMap(({ path, code }) =>
    bans
      .filter((ban) => isIn(path, ban.within) && !isIn(path, ban.homes) && (ban.testsToo || !isTest(path)))
      .flatMap((ban) =>
        [...code.matchAll(ban.pattern)].map(
          (match) => `${path}:${lineAt(code, match.index)}: ${ban.what}; ${ban.instead}`,
        ),
      ),
  );
}

export function bannedPackages(
  files: readonly SourceFile[],
  bans: readonly { readonly packages: RegExp; readonly homes: readonly string[]; readonly instead: string }[],
): string[] {
  return files
    .filter(({ path }) => isProduct(path))
    .flatMap(({ path, imports }) =>
      imports.flatMap(({ specifier, line }) =>
        bans
          .filter((ban) => ban.packages.test(specifier) && !isIn(path, ban.homes))
          .map((ban) => `${path}:${line}: imports ${specifier}; ${ban.instead}`),
      ),
    );
}

/** Notes to oneself and orders to the tools to look away. */
export function bannedComments(files: readonly SourceFile[]): string[] {
  const bans = [
    { pattern: /\b(TODO|FIXME|XXX)\b/g, instead: 'do it, or open an issue' },
    { pattern: /@ts-(ignore|expect-error|nocheck)\b|\b(biome|eslint)-(ignore|disable)/g, instead: 'repair the cause' },
  ];
  return files.flatMap(({ path, comments }) =>
    bans.flatMap(({ pattern, instead }) =>
      [...comments.matchAll(pattern)].map(
        (match) => `${path}:${lineAt(comments, match.index)}: ${match[0]} in a comment; ${instead}`,
      ),
    ),
  );
}

/** Each file of the product begins with a comment that says what it is for. */
export function missingHeaders(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path, text }) => isProduct(path) && !/^(#!.*\n)?\/[/*]/.test(text))
    .map(({ path }) => `${path}:1: begin with two lines of comment that say what the file is for`);
}

/** Words that say nothing about what is inside. A whole name for `types`: "task-types" does say it. */
const EMPTY_WORDS = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'stuff', 'shared']);
const EMPTY_NAMES = new Set(['types', 'type']);

/** Names of files and folders: kebab-case, and a noun or a verb of the domain. */
export function badNames(paths: readonly string[]): string[] {
  const problems = new Set<string>();
  for (const path of paths) {
    for (const part of path.split('/')) {
      const name = part.replace(/^\./, '').replace(/\.(test|spec|config|d)?\.?[a-z]+$/, '');
      if (EMPTY_NAMES.has(name) || name.split('-').some((word) => EMPTY_WORDS.has(word)))
        problems.add(`${path}: "${part}" says nothing; name it after what is in it`);
      else if (/\.(ts|tsx|js)$/.test(part) && !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
        problems.add(`${path}: file names are kebab-case`);
    }
  }
  return [...problems];
}

type Names = Set<string> | 'all';

/** What each file is asked for by others. */
function importedNames(files: readonly SourceFile[]): Map<string, Names> {
  const used = new Map<string, Names>();
  for (const file of files)
    for (const { file: target, names } of file.imports) {
      if (target === undefined || target === file.path) continue;
      const known = used.get(target);
      if (names === 'all' || known === 'all') used.set(target, 'all');
      else used.set(target, new Set([...(known ?? []), ...names]));
    }
  return used;
}

const has = (names: Names | undefined, name: string): boolean => names === 'all' || names?.has(name) === true;

/**
 * Exports that no other file imports. Tests alone do not count as users: what only they need belongs into test/support.
 * What its own file uses is not dead, though: it may be exported as a type, which is a part of what the file offers,
 * or for a test that names it (a limit, a rule on its own).
 */
export function deadExports(files: readonly SourceFile[], allowed: ReadonlySet<string>): string[] {
  const isOfTests = ({ path }: SourceFile): boolean => isTest(path) || path.startsWith('test/');
  const used = importedNames(files.filter((file) => !isOfTests(file)));
  const tested = importedNames(files.filter(isOfTests));
  return files
    .filter(({ path }) => isProduct(path) && used.get(path) !== 'all' && !allowed.has(path))
    .flatMap(({ path, code, exports }) => {
      const names = used.get(path);
      return exports
        .filter(({ name }) => !(names instanceof Set && names.has(name)) && !allowed.has(`${path}#${name}`))
        .filter(({ name, isType }) => !((isType || has(tested.get(path), name)) && timesSaid(code, name) >= 2))
        .map(({ name, line }) => `${path}:${line}: nobody imports ${name}; remove it, or do not export it`);
    });
}

function timesSaid(code: string, name: string): number {
  return code.split(/[^\w$]+/).filter((word) => word === name).length;
}

/** Files of the product that no way from an entry point leads to. */
export function unreachableFiles(files: readonly SourceFile[], entries: readonly string[]): string[] {
  const graph = new Map(files.map((file) => [file.path, file]));
  const reached = reachableFrom(graph, entries);
  return files
    .filter(({ path }) => isProduct(path) && !path.endsWith('.d.ts') && !reached.has(path))
    .map(({ path }) => `${path}: no entry point leads here; wire it or remove it`);
}

/** All files that the given ones import, directly or not, themselves included. */
export function reachableFrom(graph: ReadonlyMap<string, SourceFile>, entries: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const open = [...entries];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path) || !graph.has(path)) continue;
    reached.add(path);
    for (const { file } of graph.get(path)?.imports ?? []) if (file !== undefined) open.push(file);
  }
  return reached;
}

export type TreeEntry = { readonly path: string; readonly about: string; readonly line: number };

/**
 * The tree that a document shows between `<!-- tree -->` and `<!-- /tree -->`: two spaces per level, folders with a slash at
 * the end, then what the entry is for. Undefined if there is no such block.
 */
export function readTree(markdown: string): TreeEntry[] | undefined {
  const begin = markdown.indexOf('<!-- tree -->');
  const end = markdown.indexOf('<!-- /tree -->', begin);
  if (begin === -1 || end === -1) return undefined;
  const first = lineAt(markdown, begin);
  const above: string[] = [];
  const entries: TreeEntry[] = [];
  for (const [index, text] of markdown.slice(begin, end).split('\n').entries()) {
    const match = /^( *)([\w./-]+)(?: +(.*))?$/.exec(text);
    if (match === null) continue;
    const [, indent = '', name = '', about = ''] = match;
    const depth = indent.length / 2;
    above.length = Math.min(above.length, Math.floor(depth));
    entries.push({ path: [...above, name].join(''), about: about.trim(), line: first + index });
    if (name.endsWith('/')) above[Math.floor(depth)] = name;
  }
  return entries;
}

/** The folders of src (two levels) and of the web app must be those of the tree, each with a word on what it is for. */
export function treeProblems(document: string, markdown: string, paths: readonly string[]): string[] {
  const entries = readTree(markdown);
  if (entries === undefined) return [`${document}: no tree between <!-- tree --> and <!-- /tree -->`];
  const real = new Set(paths.flatMap(foldersToShow));
  const exists = new Set([...paths, ...paths.flatMap(foldersOf)]);
  const shown = new Set(entries.map(({ path }) => path));
  return [
    ...[...real].filter((path) => !shown.has(path)).map((path) => `${document}: the tree lacks ${path}`),
    ...entries.flatMap(({ path, about, line }) => {
      if (!exists.has(path)) return [`${document}:${line}: ${path} does not exist; remove it from the tree`];
      return about === '' && real.has(path) ? [`${document}:${line}: say in one line what ${path} is for`] : [];
    }),
  ];
}

/** `src/core/tasks/join.ts` lies in `src/`, `src/core/` and `src/core/tasks/`. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}/`);
}

/** Two levels below src, one below ui/src; deeper folders need no word of their own. */
function foldersToShow(path: string): string[] {
  const folders = foldersOf(path);
  if (path.startsWith('src/')) return folders.slice(1, 3);
  return path.startsWith('ui/src/') ? folders.slice(2, 3) : [];
}

export type Manifest = {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
};

/** Exact versions, and a row of reason for each in the document, with no rows left over from packages that are gone. */
export function dependencyProblems(manifest: Manifest, document: string, markdown: string): string[] {
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies };
  const rows = new Set(markdown.split('\n').flatMap((line) => rowNames(line)));
  return [
    ...Object.entries(wanted)
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version))
      .map(([name, version]) => `package.json: pin ${name} to one exact version, not ${version}`),
    ...Object.keys(wanted)
      .filter((name) => !rows.has(name))
      .map((name) => `${document}: give ${name} a row with the reason for it`),
    ...[...rows]
      .filter((name) => !(name in wanted))
      .map((name) => `${document}: ${name} is not in package.json; remove its row`),
  ];
}

/** What the server imports is a dependency, what else is imported a development one, and nothing stands there for nobody. */
export function unusedDependencies(
  manifest: Manifest,
  files: readonly SourceFile[],
  tools: ReadonlySet<string>,
): string[] {
  const importsOf = (wanted: readonly SourceFile[]) =>
    new Set(wanted.flatMap(({ imports }) => imports.map(({ specifier }) => packageOf(specifier))));
  const byServer = importsOf(files.filter(({ path }) => path.startsWith('src/') && isProduct(path)));
  const byAll = importsOf(files);
  // Packages of CommonJS or JSON are asked for through `createRequire`.
  const asking = files.filter(({ imports }) => imports.some(({ specifier }) => specifier === 'node:module'));
  const isRequired = (name: string) => asking.some(({ text }) => text.includes(`('${name}')`));
  const isKnown = (name: string) =>
    byAll.has(name) || isRequired(name) || tools.has(name) || name.startsWith('@types/');
  return [
    ...Object.keys(manifest.dependencies ?? {})
      .filter((name) => !byServer.has(name))
      .map((name) => `package.json: the server does not import ${name}; remove it or make it a development dependency`),
    ...Object.keys(manifest.devDependencies ?? {})
      .filter((name) => !isKnown(name))
      .map((name) => `package.json: nothing imports ${name}; remove it`),
  ];
}

/** `@scope/name/part` is of the package `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The names in the first cell of a table row: each between backticks, so that packages of one kind can share a row. */
function rowNames(line: string): string[] {
  if (!line.startsWith('|')) return [];
  const [, cell = ''] = line.split('|');
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}
