import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { provideChromium } from './chromium.mjs';
import { quickProblem } from './engine/manifest.mjs';
import { provisionEngine } from './engine/provision.mjs';
import { SetupError } from './errors.mjs';
import { withLock } from './lock.mjs';
import { installNode } from './node.mjs';
import { installPackages, packagesProblem } from './packages.mjs';
import { cacheFolder, engineName, enginesFolder, pinnedNode, readRecipe, root } from './paths.mjs';
import { endingInOrder } from './run.mjs';
import { duration, Reporter } from './terminal.mjs';

/**
 * Sets up all that a checkout needs, each step only where something is missing or broken. It ends well without a native
 * engine and without Chromium, in plain words; without the packages or Node it can't.
 * @param {{gpu?: boolean, verify?: boolean, chromium?: boolean, reporter?: Reporter}} [options] `gpu`: the CUDA engine as
 * well; `verify`: every byte of the engines is compared; `chromium`: for the browser tests
 * @returns {Promise<{node: string, engines: {cpu: string | null, cuda12?: string | null}, chromium: string | null}>} files
 * and folders; null for what could not be had
 * @throws SetupError
 */
export function setUp({ gpu = false, verify = false, chromium = false, reporter = new Reporter() } = {}) {
  return endingInOrder(async () => {
    const start = Date.now();
    const node = await withLock(checkoutLock(), () => provideNode(reporter), {
      onWait: (pid) =>
        reporter.line(
          `  Another set-up${pid ? ` (process ${pid})` : ''} is at this checkout; waiting for it.`,
        ),
    });
    const engines = {};
    for (const kind of gpu ? ['cuda12', 'cpu'] : ['cpu'])
      engines[kind] = await provideEngine(kind, { verify, reporter });
    const browser = chromium ? await provideChromium({ reporter }) : null;
    const parts = [
      `Node ${node.version}`,
      engines.cuda12 || engines.cpu ? `TensorFlow ${readRecipe().tensorflow}` : 'TensorFlow.js',
    ];
    if (browser) parts.push('Chromium');
    reporter.line(`Set-up: ready (${parts.join(', ')}; ${duration(Date.now() - start)}).`);
    return { node: node.file, engines, chromium: browser };
  });
}

async function provideNode(reporter) {
  await installPackages({ root, reporter });
  return installNode({ root, reporter });
}

/** npm empties node_modules, so the lock of a checkout lies in the user's cache folder. */
function checkoutLock() {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  return path.join(cacheFolder(), 'locks', `${name}.lock`);
}

/** @returns {Promise<string | null>} null: the reason and the remedy were said, training uses TensorFlow.js */
async function provideEngine(kind, { verify, reporter }) {
  const note = failureNote(kind);
  try {
    const { folder } = await provisionEngine({ kind, verify, reporter });
    rmSync(note, { force: true });
    return folder;
  } catch (error) {
    if (!(error instanceof SetupError) && error.code === undefined) throw error;
    const instead =
      kind === 'cpu' ? 'Training uses TensorFlow.js, which is slow.' : 'Training uses the processor.';
    reporter.line(
      `  No ${kind === 'cpu' ? 'native' : 'CUDA 12'} engine: ${error.message} ${error.remedy ?? ''} ${instead}`,
    );
    rememberFailure(note, error);
    return null;
  }
}

function failureNote(kind) {
  return path.join(enginesFolder(), `.${engineName(kind)}.failed`);
}

function rememberFailure(note, error) {
  try {
    mkdirSync(path.dirname(note), { recursive: true });
    writeFileSync(note, `${error.message} ${error.remedy ?? ''}\n`);
  } catch {
    // A folder that can't be written to is why the engine failed; the note only saves the next attempt.
  }
}

/**
 * Whether a command can run without set-up: looks at files only, some milliseconds. A native engine that could not be
 * had is not tried again at each command, only by a whole set-up.
 */
export function isReady() {
  if (packagesProblem(root) !== '' || !existsSync(pinnedNode())) return false;
  const base = enginesFolder();
  if (existsSync(path.join(base, 'tensorflow', 'tfjs_binding.node'))) return true;
  return quickProblem(path.join(base, engineName('cpu'))) === '' || hasFailureNote();
}

function hasFailureNote() {
  try {
    return readFileSync(failureNote('cpu'), 'utf8') !== '';
  } catch {
    return false;
  }
}

/** Runs a script's main function; a set-up that can't go on is two lines and status 1, not a stack. */
export async function main(work) {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message}\n${error.remedy}\n`);
    process.exitCode = 1;
  }
}
