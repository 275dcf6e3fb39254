// What a fresh machine needs before anything of Twinhead runs. Plain JavaScript for any Node from 18 on.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const modules = path.join(root, 'node_modules');
export const node24 = path.join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const TENSORFLOW = '2.21.0';
/** Grows when the way of building the engine changes, so that older ones are built anew. */
const RECIPE = 1;

function say(message) {
  process.stderr.write(`${message}\n`);
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { stdio: ['ignore', 2, 2], cwd: root, ...options });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${result.status ?? result.signal ?? result.error?.message}`);
}

/** npm's packages: installed when the lock file is not the one that they were installed from. */
export function installPackages() {
  const stamp = path.join(modules, '.twinhead-stamp');
  const key = createHash('sha256').update(readFileSync(path.join(root, 'package-lock.json'))).digest('hex');
  const whole = ['typescript', 'vitest', 'better-sqlite3', 'sharp', '@tensorflow/tfjs'].every((name) => existsSync(path.join(modules, name, 'package.json')));
  if (whole && existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  say('packages: npm ci');
  run('npm', ['ci', '--ignore-scripts', '--loglevel=error'], { shell: process.platform === 'win32' });
  writeFileSync(stamp, key);
}

/** The pinned Node 24, whose binary npm's package `node` brings by its install script. */
export function installNode() {
  const version = spawnSync(node24, ['--version'], { encoding: 'utf8' });
  if (version.status === 0 && version.stdout.startsWith('v24.')) return;
  say('node: fetching the pinned Node 24');
  run('npm', ['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error'], { shell: process.platform === 'win32' });
  execFileSync(node24, ['--version']);
}

/** Where engines live: per user, outside node_modules, shared by all checkouts. */
export function engineFolder() {
  const { TWINHEAD_ENGINE_DIR, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (TWINHEAD_ENGINE_DIR) return TWINHEAD_ENGINE_DIR;
  const cache =
    process.platform === 'darwin'
      ? path.join(os.homedir(), 'Library', 'Caches')
      : process.platform === 'win32'
        ? (LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local'))
        : (XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'));
  return path.join(cache, 'twinhead', 'engines', `cpu-${TENSORFLOW}-r${RECIPE}`);
}

const CHECK = `
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
const tf = require('@tensorflow/tfjs');
const binding = require(process.argv[1]);
require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels');
const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend');
tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, 'tfjs-node'), 3);
tf.setBackend('tensorflow').then(() => tf.matMul([[1, 2]], [[3], [4]]).data()).then(([value]) => process.exit(value === 11 ? 0 : 1));
`;

function works(folder) {
  const binding = path.join(folder, 'tensorflow', 'tfjs_binding.node');
  if (!existsSync(binding)) return false;
  return spawnSync(node24, ['-e', CHECK, binding], { cwd: root, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } }).status === 0;
}

/** Sizes of the engine's files: a damaged or half-copied one is noticed without loading 850 MB. */
function sizes(folder) {
  const inner = path.join(folder, 'tensorflow');
  return JSON.stringify(readdirSync(inner).filter((name) => /\.(so\.2|node|dylib)$/.test(name)).sort().map((name) => [name, statSync(path.join(inner, name)).size]));
}

/** TensorFlow's C library from its Python wheel, and the Node binding compiled against it; checked, then moved into place. */
export function installEngine() {
  if (process.platform === 'win32') {
    say('engine: none is built on Windows yet; training uses TensorFlow.js, which is slow');
    return;
  }
  const folder = engineFolder();
  const manifest = path.join(folder, 'manifest.json');
  if (existsSync(manifest) && readFileSync(manifest, 'utf8') === sizes(folder)) return;
  if (works(folder)) {
    writeFileSync(manifest, sizes(folder));
    return;
  }
  say(`engine: TensorFlow ${TENSORFLOW} for the CPU, about 274 MB`);
  mkdirSync(path.dirname(folder), { recursive: true });
  const temporary = mkdtempSync(`${folder}.`);
  try {
    const wheels = path.join(temporary, 'wheels');
    run('python3', ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '-d', wheels, `tensorflow-cpu==${TENSORFLOW}`]);
    const wheel = path.join(wheels, readdirSync(wheels)[0]);
    say('engine: unpacking');
    const unpack = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        if name.startswith(('tensorflow/include/', 'tensorflow/libtensorflow_')): wheel.extract(name, sys.argv[2])
`;
    run('python3', ['-c', unpack, wheel, temporary]);
    rmSync(wheels, { recursive: true });
    const inner = path.join(temporary, 'tensorflow');
    const suffix = process.platform === 'darwin' ? /^(libtensorflow_\w+)\.2\.dylib$/ : /^(libtensorflow_\w+)\.so\.2$/;
    for (const name of readdirSync(inner)) {
      const match = suffix.exec(name);
      if (match) symlinkSync(name, path.join(inner, `${match[1]}.${process.platform === 'darwin' ? 'dylib' : 'so'}`));
    }
    say('engine: compiling the binding');
    const binding = path.join(modules, '@tensorflow', 'tfjs-node-gpu', 'binding');
    const headers = path.join(modules, 'node-api-headers', 'include');
    const sources = readdirSync(binding).filter((name) => name.endsWith('.cc')).map((name) => path.join(binding, name));
    const linking = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup', '-Wl,-rpath,@loader_path'] : ['-Wl,-rpath,$ORIGIN'];
    run(process.env.CXX ?? 'c++', ['-std=c++17', '-O2', '-shared', '-fPIC', '-DNAPI_VERSION=8', '-I', headers, '-I', path.join(inner, 'include'), ...sources, '-o', path.join(inner, 'tfjs_binding.node'), '-L', inner, '-ltensorflow_cc', '-ltensorflow_framework', ...linking]);
    rmSync(path.join(inner, 'include'), { recursive: true });
    if (!works(temporary)) throw new Error('the new engine fails its check, a multiplication');
    writeFileSync(path.join(temporary, 'manifest.json'), sizes(temporary));
    // Two at once: the loser of the race finds a whole engine in place and drops its own.
    if (existsSync(folder) && !works(folder)) rmSync(folder, { recursive: true });
    if (!existsSync(folder)) renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

export function setUp() {
  installPackages();
  installNode();
  try {
    installEngine();
  } catch (error) {
    say(`engine: not set up (${error.message}). Training falls back to TensorFlow.js; run the set-up again to repair it.`);
  }
}
