import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { programEnvironment } from './setup/foreground.mjs';
import { pinnedNode, root } from './setup/paths.mjs';
import { run } from './setup/run.mjs';

const modules = (...names) => path.join(root, 'node_modules', ...names);

/**
 * What is built, of which files, by which tool. A part whose sources have not changed since it was built is left alone.
 * @type {Record<string, {title: string, sources: string[], output: string, command: string[], after?: () => void, always?: () => void}>}
 * `after` it was built; `always`: also where nothing had to be built
 */
export const parts = {
  interface: {
    title: 'the interface (vite)',
    sources: ['renderer', 'electron/common', 'vite.config.ts', 'svelte.config.js', 'package-lock.json'],
    output: 'dist/renderer/index.html',
    command: [modules('vite', 'bin', 'vite.js'), 'build', '--logLevel=warn'],
  },
  app: {
    title: 'the app (tsc)',
    sources: ['electron', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
    output: 'dist/electron/app.js',
    command: [modules('typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'],
    after: () => removeOrphans(root),
    always: () => writeCommit(root),
  },
  preload: {
    title: 'the preload script (esbuild)',
    sources: ['electron/preload', 'electron/hosting', 'electron/common', 'package-lock.json'],
    output: 'dist/electron/preload/index.cjs',
    command: [
      modules('esbuild', 'bin', 'esbuild'),
      'electron/preload/index.ts',
      '--bundle',
      '--platform=node',
      '--format=cjs',
      '--target=node24',
      '--external:electron',
      '--outfile=dist/electron/preload/index.cjs',
      '--log-level=warning',
    ],
  },
};

/** Whether a call of the command shows the interface: then it is built first, where its sources have changed. */
export function needsInterface(args) {
  return (
    args.find((one) => !one.startsWith('-')) === 'serve' && !args.some((one) => /^(-h|--help)$/.test(one))
  );
}

/** @returns {Promise<boolean>} whether all went well; the reason of a failure was printed */
export async function build(names, { reporter }) {
  let well = true;
  for (const name of names) well = (await buildPart(name, reporter)) && well;
  return well;
}

async function buildPart(name, reporter) {
  const { title, sources, output, command, after, always } = parts[name];
  const stamp = path.join(root, 'dist', `.${name}.stamp`);
  const state = sourceHash(root, sources);
  if (existsSync(path.join(root, output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === state) {
    always?.();
    return true;
  }
  rmSync(stamp, { force: true });
  try {
    await reporter.step(`Building ${title}`, async () => {
      const result = await run(pinnedNode(), command, { cwd: root, env: programEnvironment() });
      if (result.status !== 0) throw new Error(`${result.stdout}${result.stderr}`.trim());
      if (!existsSync(path.join(root, output))) throw new Error(`${output} was not written`);
      after?.();
      always?.();
    });
  } catch (error) {
    reporter.line(error.message);
    return false;
  }
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, state);
  return true;
}

/** Takes away what tsc once made of a source that is no longer there: it would be packed into the app. */
export function removeOrphans(folder) {
  for (const file of filesUnder(folder, 'dist/electron')) {
    const source = file.replace(/^dist\//, '').replace(/\.js(\.map)?$/, '.ts');
    if (source.endsWith('.ts') && !existsSync(path.join(folder, source))) rmSync(path.join(folder, file));
  }
}

/** For an app that is packed without its checkout: which source it is made of. Runs record it. */
export function writeCommit(folder) {
  const file = path.join(folder, 'dist', 'electron', 'commit.txt');
  const described = existsSync(path.join(folder, '.git'))
    ? spawnSync('git', ['-C', folder, 'describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'])
    : null;
  if (described?.status === 0) writeFileSync(file, described.stdout);
  else rmSync(file, { force: true });
}

/** One hash of the names and contents of files, and of all files in folders. */
export function sourceHash(folder, sources) {
  const hash = createHash('sha256');
  for (const file of sources.flatMap((source) => filesUnder(folder, source)))
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(folder, file)))
      .update('\0');
  return hash.digest('hex');
}

function filesUnder(folder, name) {
  const stats = statSync(path.join(folder, name), { throwIfNoEntry: false });
  if (!stats) return [];
  if (!stats.isDirectory()) return [name];
  return readdirSync(path.join(folder, name))
    .sort()
    .flatMap((entry) => filesUnder(folder, `${name}/${entry}`));
}
