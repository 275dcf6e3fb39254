import { existsSync, readdirSync, renameSync, rmSync, statfsSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from '../errors.mjs';
import { withLock } from '../lock.mjs';
import { engineName, enginesFolder, pinnedNode, readRecipe, root, thisMachine } from '../paths.mjs';
import { lastLines, run } from '../run.mjs';
import { fullProblem, quickProblem, sha256, sizeOf, writeManifest } from './manifest.mjs';
import { compilerArguments, cudaMembers, engineSource, requirementsOfExtra } from './platform.mjs';
import { findCompiler, findPython } from './tools.mjs';
import { DamagedWheelError, downloadWheel, unpackWheel, wheelMetadata } from './wheels.mjs';

/** The headers that the two addons include; the wheel has 268 MB of them. */
const HEADERS = ['tensorflow/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'xla/tsl/c/', 'absl/'].map(
  (folder) => `tensorflow/include/${folder}`,
);

/** What set-up uses of the checkout; tests put their own in its place. */
const defaults = () => ({
  bindingFolder: path.join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu', 'binding'),
  headersFolder: path.join(root, 'node_modules', 'node-api-headers', 'include'),
  node: pinnedNode(),
  checkScript: fileURLToPath(new URL('./check.mjs', import.meta.url)),
});

/** Bytes that must be free: the wheels, and what is unpacked from them. */
const ROOM = { cpu: 1.4e9, cuda12: 9e9 };

/**
 * Makes sure that an engine is on this machine: kept where it is whole, else built. Several set-ups, of several
 * checkouts too, share the folder; one builds, the others wait for it. It is built under another name, checked by a real
 * multiplication, and renamed when all is there, so a half-built one is never taken for an engine.
 * @param {{kind: 'cpu' | 'cuda12', reporter: import('../terminal.mjs').Reporter, verify?: boolean, machine?: object, inputs?: object}} request
 * `verify` reads and hashes every byte instead of comparing sizes
 * @returns {Promise<{state: 'given' | 'kept' | 'built', folder: string}>}
 * @throws SetupError where it can't be had
 */
export async function provisionEngine({
  kind,
  reporter,
  verify = false,
  machine = thisMachine(),
  inputs = defaults(),
}) {
  const base = enginesFolder(machine);
  if (existsSync(path.join(base, 'tensorflow', 'tfjs_binding.node'))) return { state: 'given', folder: base };
  const folder = path.join(base, engineName(kind, machine));
  if (!verify && quickProblem(folder) === '') return { state: 'kept', folder };
  const source = engineSource(kind, machine, readRecipe());
  const lock = path.join(base, `.${path.basename(folder)}.lock`);
  const onWait = (pid) =>
    reporter.line(`  Another set-up${pid ? ` (process ${pid})` : ''} is at the engine; waiting for it.`);
  return withLock(
    lock,
    async () => {
      const problem = verify
        ? await reporter.step('Engine: reading and comparing every byte', (progress) =>
            fullProblem(folder, progress),
          )
        : quickProblem(folder);
      if (problem === '') return { state: 'kept', folder };
      if (problem) reporter.line(`  The engine is damaged (${problem}); it is built anew.`);
      await build({ kind, reporter, machine, inputs, base, folder, source });
      return { state: 'built', folder };
    },
    { onWait },
  );
}

async function build({ kind, reporter, machine, inputs, base, folder, source }) {
  const { environment } = machine;
  const python = await findPython(environment);
  const compiler = await findCompiler(environment);
  removeLeftovers(base, folder);
  requireRoom(base, ROOM[kind]);
  const downloads = path.join(base, `.${path.basename(folder)}.downloads`);
  const building = path.join(base, `.${path.basename(folder)}.building-${process.pid}`);
  const fetchAndUnpack = (requirement, members) =>
    getWheel({ requirement, members, python, source, downloads, building, environment, reporter });

  const main = await fetchAndUnpack(`${source.package}==${source.version}`, [
    ...source.libraries,
    ...HEADERS,
  ]);
  const files = main.files.filter((file) => !file.path.startsWith('tensorflow/include/'));
  if (kind === 'cuda12')
    for (const requirement of requirementsOfExtra(await wheelMetadata(python, main.wheel), 'and-cuda'))
      files.push(...(await fetchAndUnpack(requirement, cudaMembers(requirement))).files);
  for (const { path: link, target } of source.links) {
    symlinkSync(target, path.join(building, link));
    files.push({ path: link, size: sizeOf(path.join(building, link)) });
  }
  for (const addon of await compileAddons({ compiler, machine, inputs, building, reporter }))
    files.push({
      path: addon,
      size: sizeOf(path.join(building, addon)),
      sha256: await sha256(path.join(building, addon)),
    });
  rmSync(path.join(building, 'tensorflow', 'include'), { recursive: true, force: true });
  const checked = await checkEngine({ kind, folder: building, inputs, environment, reporter });
  writeManifest(building, {
    kind,
    tensorflow: source.version,
    wheel: path.basename(main.wheel),
    checked,
    files,
  });
  replaceFolder(building, folder);
  rmSync(downloads, { recursive: true, force: true });
}

/** Downloads a wheel and unpacks some of it; where it turns out to be damaged, once more from the start. */
async function getWheel({
  requirement,
  members,
  python,
  source,
  downloads,
  building,
  environment,
  reporter,
}) {
  for (let attempt = 1; ; attempt++) {
    const wheel = await reporter.step(`Engine: downloading ${requirement}`, (progress) =>
      downloadWheel({ python, requirement, source, folder: downloads, environment, progress }),
    );
    try {
      const files = await reporter.step(
        `Engine: unpacking ${path.basename(wheel).split('-')[0]}`,
        (progress) => unpackWheel({ python, wheel, folder: building, members, progress }),
      );
      return { wheel, files };
    } catch (error) {
      if (!(error instanceof DamagedWheelError) || attempt === 2) throw error;
      reporter.line(`  ${error.message}; it is fetched once more.`);
    }
  }
}

/** @returns {Promise<string[]>} the addons' paths in the engine */
async function compileAddons({ compiler, machine, inputs, building, reporter }) {
  const { platform } = machine;
  const library = path.join(building, 'tensorflow');
  const headers = [inputs.headersFolder, path.join(library, 'include')];
  const binding = readdirSync(inputs.bindingFolder)
    .filter((name) => name.endsWith('.cc'))
    .map((name) => path.join(inputs.bindingFolder, name));
  const addons = [
    { name: 'tfjs_binding.node', sources: binding, libraryFolder: library },
    { name: 'log_level.node', sources: [fileURLToPath(new URL('./log_level.cc', import.meta.url))] },
  ];
  await reporter.step(`Engine: compiling the binding (${compiler})`, async () => {
    for (const { name, ...addon } of addons) {
      const output = path.join(library, name);
      const result = await run(compiler, compilerArguments({ platform, headers, output, ...addon }));
      if (result.status !== 0)
        throw new SetupError(
          `${compiler} could not compile ${name}: ${lastLines(result)}`,
          'A compiler for C++17 with its standard library is needed (Debian: `apt install g++`).',
        );
    }
  });
  return addons.map(({ name }) => `tensorflow/${name}`);
}

async function checkEngine({ kind, folder, inputs, environment, reporter }) {
  return reporter.step('Engine: multiplying two matrices with it', async () => {
    const result = await run(inputs.node, [inputs.checkScript, folder, kind], {
      env: environment,
      timeout: 120_000,
    });
    if (result.status !== 0)
      throw new SetupError(
        `The engine was built but does not work: ${lastLines(result)}`,
        "Please report this with the system's name and version; until then training uses TensorFlow.js.",
      );
    return JSON.parse(result.stdout.trim().split('\n').pop());
  });
}

/** What an interrupted set-up left behind; called under the lock, so nobody is at it. */
function removeLeftovers(base, folder) {
  const prefix = `.${path.basename(folder)}.`;
  for (const name of readdirSync(base))
    if (name.startsWith(`${prefix}building-`) || name.startsWith(`${prefix}old-`))
      rmSync(path.join(base, name), { recursive: true, force: true });
}

function requireRoom(base, bytes) {
  const { bavail, bsize } = statfsSync(base);
  if (bavail * bsize < bytes)
    throw new SetupError(
      `There is not enough room in ${base}: ${(bytes / 1e9).toFixed(1)} GB are needed, ${((bavail * bsize) / 1e9).toFixed(1)} GB are free.`,
      'Free some space, or name a folder on another disk in TWINHEAD_ENGINE_DIR; then run `npm run setup`.',
    );
}

/** Puts a folder in another's place; a process that has the old one loaded keeps its files. */
function replaceFolder(building, folder) {
  const old = `${path.join(path.dirname(folder), `.${path.basename(folder)}`)}.old-${process.pid}`;
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(building, folder);
  rmSync(old, { recursive: true, force: true });
}
