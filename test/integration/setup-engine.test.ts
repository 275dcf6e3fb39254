import { execFile, execFileSync, spawn } from 'node:child_process';
import { constants, existsSync, readdirSync } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findEngine, locateEngines, thisMachine } from '../../electron/engine/index.ts';

/**
 * Set-up's engine step with real pip, a real compiler and real processes, on a wheel made on the spot: its two libraries
 * multiply two numbers. The wheel's folder is pip's only source, so taking it away shows what needs no download.
 */
const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '..', '..');
const url = (name: string): string => new URL(`../../scripts/setup/${name}`, import.meta.url).href;

let kit: string;
let engines: string;

const WHEEL = `
import sys, zipfile, os
folder, target = sys.argv[1], sys.argv[2]
with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as wheel:
    for base, _, names in os.walk(folder):
        for name in names:
            full = os.path.join(base, name)
            wheel.write(full, os.path.relpath(full, folder))
`;

const BINDING = `
#include <node_api.h>
extern "C" int twinhead_multiply(int, int);
NAPI_MODULE_INIT() {
  napi_value value;
  napi_create_int32(env, twinhead_multiply(6, 7), &value);
  napi_set_named_property(env, exports, "answer", value);
  return exports;
}
`;

/** A wheel of a folder's content; its METADATA is replaced for every one. */
async function packWheel(tree: string, name: string, version: string, requirements = ''): Promise<void> {
  const project = name.replaceAll('-', '_');
  const information = path.join(tree, `${project}-${version}.dist-info`);
  await mkdir(information);
  await writeFile(
    path.join(information, 'METADATA'),
    `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\nProvides-Extra: and-cuda\n${requirements}`,
  );
  await writeFile(
    path.join(information, 'WHEEL'),
    'Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp311-cp311-manylinux_2_27_x86_64\n',
  );
  await writeFile(path.join(information, 'RECORD'), '');
  const file = `${project}-${version}-cp311-cp311-manylinux_2_27_x86_64.whl`;
  execFileSync('python3', ['-c', WHEEL, tree, path.join(kit, 'wheels', file)]);
  await rm(information, { recursive: true });
}

/** A wheel of small executable files. */
async function packFiles(name: string, version: string, files: readonly string[]): Promise<void> {
  const tree = path.join(kit, name);
  for (const file of files) {
    await mkdir(path.dirname(path.join(tree, file)), { recursive: true });
    await writeFile(path.join(tree, file), file, { mode: 0o755 });
  }
  await packWheel(tree, name, version);
}

async function makeKit(): Promise<void> {
  const tree = path.join(kit, 'tree');
  const library = path.join(tree, 'tensorflow');
  for (const name of [
    'tensorflow/c',
    'tensorflow/core/platform',
    'tsl/platform',
    'xla/tsl/c',
    'absl/base',
    'absl/log',
  ]) {
    await mkdir(path.join(library, 'include', name), { recursive: true });
    await writeFile(path.join(library, 'include', name, 'empty.h'), '');
  }
  await writeFile(
    path.join(library, 'include/absl/base/log_severity.h'),
    '#define ABSL_NAMESPACE_BEGIN\n#define ABSL_NAMESPACE_END\nnamespace absl { enum class LogSeverityAtLeast { kError = 2 }; }\n',
  );
  await writeFile(
    path.join(library, 'include/absl/log/globals.h'),
    'namespace absl { LogSeverityAtLeast MinLogLevel(); }\n',
  );
  const source = path.join(kit, 'library.cc');
  await writeFile(source, 'extern "C" int twinhead_multiply(int a, int b) { return a * b; }\n');
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
    execFileSync('c++', ['-shared', '-fPIC', source, `-Wl,-soname,${name}`, '-o', path.join(library, name)]);
  await mkdir(path.join(kit, 'wheels'));
  await packWheel(tree, 'tensorflow-cpu', '2.21.0');
  await packWheel(
    tree,
    'tensorflow',
    '2.21.0',
    'Requires-Dist: nvidia-tiny-cu12<2,>=1; extra == "and-cuda"\n' +
      'Requires-Dist: nvidia-cuda-nvcc-cu12>=12; extra == "and-cuda"\n',
  );
  await packFiles('nvidia-tiny-cu12', '1.5', ['nvidia/tiny/lib/libtiny.so.1', 'nvidia/tiny/include/tiny.h']);
  await packFiles('nvidia-cuda-nvcc-cu12', '12.9', [
    'nvidia/cuda_nvcc/bin/ptxas',
    'nvidia/cuda_nvcc/bin/nvcc',
    'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc',
  ]);
  await mkdir(path.join(kit, 'binding'));
  await writeFile(path.join(kit, 'binding', 'binding.cc'), BINDING);
  await writeFile(
    path.join(kit, 'check.mjs'),
    `import { createRequire } from 'node:module';
import { existsSync, writeFileSync } from 'node:fs';
if (process.env.CHECK_WAITS) { writeFileSync(process.env.CHECK_WAITS, ''); setInterval(() => {}, 1000); }
else {
  const { answer } = createRequire(import.meta.url)(process.argv[2] + '/tensorflow/tfjs_binding.node');
  if (answer !== 42 || !existsSync(process.argv[2])) throw new Error('wrong answer');
  console.log(JSON.stringify({ device: 'CPU' }));
}`,
  );
  await writeFile(
    path.join(kit, 'provision.mjs'),
    `import { provisionEngine } from ${JSON.stringify(url('engine/provision.mjs'))};
import { Reporter } from ${JSON.stringify(url('terminal.mjs'))};
import { thisMachine } from ${JSON.stringify(url('paths.mjs'))};
const inputs = ${JSON.stringify({
      bindingFolder: path.join(kit, 'binding'),
      headersFolder: path.join(root, 'node_modules/node-api-headers/include'),
      node: process.execPath,
      checkScript: path.join(kit, 'check.mjs'),
    })};
const machine = { ...thisMachine(), platform: 'linux', architecture: 'x64' };
const kind = process.argv.includes('--gpu') ? 'cuda12' : 'cpu';
const result = await provisionEngine({ kind, verify: process.argv.includes('--verify'), reporter: new Reporter(process.stderr), machine, inputs });
console.log(JSON.stringify(result));`,
  );
}

function wheel(): string {
  return path.join(kit, 'wheels', 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl');
}

function environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    TWINHEAD_ENGINE_DIR: engines,
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: path.join(kit, 'wheels'),
    ...extra,
  };
}

async function provision(args: string[] = [], extra: NodeJS.ProcessEnv = {}) {
  const { stdout, stderr } = await run(process.execPath, [path.join(kit, 'provision.mjs'), ...args], {
    env: environment(extra),
  });
  return { ...(JSON.parse(stdout) as { state: string; folder: string }), log: stderr };
}

const nothingToDownload = (): NodeJS.ProcessEnv => ({ PIP_FIND_LINKS: path.join(kit, 'no-wheels') });

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
  'setting up an engine (Linux x86-64)',
  () => {
    beforeAll(async () => {
      kit = await mkdtemp(path.join(os.tmpdir(), 'twinhead-kit-'));
      await makeKit();
      await mkdir(path.join(kit, 'no-wheels'));
    });
    afterAll(() => rm(kit, { recursive: true, force: true }));
    beforeEach(async () => {
      engines = await mkdtemp(path.join(os.tmpdir(), 'twinhead-engines-'));
    });
    afterEach(() => rm(engines, { recursive: true, force: true }));

    it('builds, checks and leaves nothing else behind; then finds it whole', async () => {
      const { state, folder } = await provision();
      expect(state).toBe('built');
      expect(readdirSync(engines)).toEqual([path.basename(folder)]);
      expect(readdirSync(path.join(folder, 'tensorflow')).sort()).toEqual([
        'libtensorflow_cc.so',
        'libtensorflow_cc.so.2',
        'libtensorflow_framework.so',
        'libtensorflow_framework.so.2',
        'log_level.node',
        'tfjs_binding.node',
      ]);
      expect((await provision([], nothingToDownload())).state).toBe('kept');
      expect(
        findEngine({ environment: { TWINHEAD_ENGINE_DIR: engines, TWINHEAD_ENGINE: 'cpu' } }).folder,
      ).toBe(folder);
    });

    it('repairs a library that was cut off at once, one with other bytes when asked to verify', async () => {
      const { folder } = await provision();
      const library = path.join(folder, 'tensorflow', 'libtensorflow_cc.so.2');
      await truncate(library, 100);
      const repaired = await provision();
      expect(repaired.state).toBe('built');
      expect(repaired.log).toContain('libtensorflow_cc.so.2');
      const bytes = await readFile(library);
      bytes[bytes.length - 1]! ^= 1;
      await writeFile(library, bytes);
      expect((await provision()).state).toBe('kept');
      expect((await provision(['--verify'])).state).toBe('built');
      expect((await provision(['--verify'], nothingToDownload())).state).toBe('kept');
    });

    it('goes on after a kill without a second download', async () => {
      const reached = path.join(engines, 'reached');
      const child = spawn(process.execPath, [path.join(kit, 'provision.mjs')], {
        env: environment({ CHECK_WAITS: reached }),
        stdio: 'ignore',
        detached: true,
      });
      await expect.poll(() => existsSync(reached), { timeout: 60_000 }).toBe(true);
      process.kill(-child.pid!, 'SIGKILL');
      await rm(reached);
      const { state, folder } = await provision([], nothingToDownload());
      expect(state).toBe('built');
      expect(readdirSync(engines)).toEqual([path.basename(folder)]);
    });

    it('fetches a damaged wheel anew', async () => {
      const broken = await readFile(wheel());
      const { folder } = await provision();
      const downloads = path.join(engines, `.${path.basename(folder)}.downloads`);
      await rm(folder, { recursive: true });
      await mkdir(downloads);
      await writeFile(path.join(downloads, path.basename(wheel())), broken.subarray(0, broken.length / 2));
      const { state, log } = await provision();
      expect(state).toBe('built');
      expect(log).toContain('once more');
    });

    it('is done once where two start at the same time', async () => {
      const results = await Promise.all([provision(), provision()]);
      expect(results.map(({ state }) => state).sort()).toEqual(['built', 'kept']);
    });

    it('unpacks of the CUDA wheels what TensorFlow loads and calls', async () => {
      const { state, folder } = await provision(['--gpu']);
      expect(state).toBe('built');
      const files = readdirSync(path.join(folder, 'nvidia'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(path.join(folder, 'nvidia'), path.join(entry.parentPath, entry.name)));
      expect(files.sort()).toEqual([
        'cuda_nvcc/bin/ptxas',
        'cuda_nvcc/nvvm/libdevice/libdevice.10.bc',
        'tiny/lib/libtiny.so.1',
      ]);
      await access(path.join(folder, 'nvidia/cuda_nvcc/bin/ptxas'), constants.X_OK);
      expect(
        locateEngines({ ...thisMachine(), environment: { TWINHEAD_ENGINE_DIR: engines } }),
      ).toMatchObject([{ kind: 'cuda12', folder, problem: null }]);
    });

    it('says what is missing and what to do, and leaves no engine', async () => {
      await expect(provision([], { PATH: kit })).rejects.toThrow(/no Python 3|Install Python/);
      await expect(provision([], { CXX: path.join(kit, 'no-compiler') })).rejects.toThrow(
        /no C\+\+ compiler/,
      );
      await expect(provision([], nothingToDownload())).rejects.toThrow(/pip could not get/);
      expect(readdirSync(engines).filter((name) => name.startsWith('cpu-'))).toEqual([]);
    });
  },
);

describe('the engine of this machine', () => {
  const script = (worker: boolean): string => {
    const work = `
      const { findEngine, loadEngine } = await import(${JSON.stringify(new URL('../../electron/engine/index.ts', import.meta.url).href)});
      const { tf, native } = await loadEngine(findEngine({ forced: 'cpu' }));
      const product = tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]]));
      // Joining asks the backend for the type of a list of tensors, of which Node would warn (DEP0044).
      console.log(native, (await tf.concat([product, product]).data()).join(' '));`;
    if (!worker) return work;
    return `import { Worker } from 'node:worker_threads';
      new Worker(new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(work)})));`;
  };

  it.each([false, true])('multiplies without a word on standard error (worker: %s)', async (worker) => {
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script(worker)]);
    expect(stdout.trim()).toBe('true 11 11');
    expect(stderr).toBe('');
  });

  const moduleOf = (name: string): string =>
    JSON.stringify(new URL(`../../electron/${name}/index.ts`, import.meta.url).href);
  const notices = async (program: string, oneDnn?: string): Promise<string> => {
    const environment = { ...process.env };
    delete environment['TF_ENABLE_ONEDNN_OPTS'];
    // Without --input-type, which threads would inherit and refuse for a file.
    const ended = run(process.execPath, ['-e', program], {
      env: {
        ...environment,
        TWINHEAD_ENGINE_LOG: '1',
        ...(oneDnn === undefined ? {} : { TF_ENABLE_ONEDNN_OPTS: oneDnn }),
      },
    });
    // TensorFlow ends a process whose thread loaded it and computed nothing by a signal; it has spoken before.
    return (await ended.catch((failure: unknown) => failure as { stderr: string })).stderr;
  };

  it('tells what TensorFlow has to say when asked to', async () => {
    expect(await notices(script(false))).toContain('cpu_feature_guard');
  });

  const ONE_DNN_IS_ON = 'oneDNN custom operations are on';
  it.skipIf(process.arch !== 'x64').each([
    ['the main thread', script(false)],
    [
      'the thread that trains',
      `const { findEngine } = await import(${moduleOf('engine')});
      const { startExample } = await import(${moduleOf('learning')});
      const { done, stop } = startExample({ engine: findEngine({ forced: 'cpu' }), name: 'tabular', seed: 1 });
      stop();
      await done.catch(() => undefined);`,
    ],
    [
      'the thread that exports',
      `const { findEngine } = await import(${moduleOf('engine')});
      const { startExport } = await import(${moduleOf('export')});
      const request = { engine: findEngine({ forced: 'cpu' }), format: 'onnx', images: [{}], checkpointFile: 'none', options: {},
        outFolder: ${JSON.stringify(path.join(os.tmpdir(), 'twinhead-no-export'))} };
      await startExport(request).done.catch(() => undefined);`,
    ],
  ])('has oneDNN on in %s, unless a person turned it off', async (_, program) => {
    expect(await notices(program)).toContain(ONE_DNN_IS_ON);
    const off = await notices(program, '0');
    expect(off).toContain('cpu_feature_guard');
    expect(off).not.toContain(ONE_DNN_IS_ON);
  });

  it('is not loaded by importing the module', async () => {
    const code = `
      await import(${JSON.stringify(new URL('../../electron/engine/index.ts', import.meta.url).href)});
      const { createRequire } = await import('node:module');
      const loaded = Object.keys(createRequire(process.argv[1] ?? process.cwd() + '/x').cache);
      console.log(loaded.filter((file) => file.includes('tensorflow')).length);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code]);
    expect(stdout.trim()).toBe('0');
  });
});
