import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Says in one sentence why a peer can't be measured here. */
export class PeerUnavailableError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PeerUnavailableError';
  }
}

function cacheFolder(): string {
  const { LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  if (process.platform === 'win32') return path.join(LOCALAPPDATA ?? os.homedir(), 'twinhead', 'bench');
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches', 'twinhead', 'bench');
  return path.join(XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'twinhead', 'bench');
}

/**
 * OpenBLAS settings meant for other programs would slow NumPy down or make it say things; a peer runs as its own
 * makers built it.
 */
function peerEnvironment(): NodeJS.ProcessEnv {
  const environment = { ...process.env };
  delete environment['OPENBLAS_CORETYPE'];
  delete environment['OPENBLAS_L2_SIZE'];
  return environment;
}

interface Ran {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

function run(command: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: peerEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    child.on('error', (error) => resolve({ status: null, output, errors: error.message }));
    child.on('close', (status) => resolve({ status, output, errors }));
  });
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

/**
 * The Python of a virtual environment in the per-user cache that has these packages; made by pip on first use. The
 * environment's name says what is in it, so that another version is another environment.
 */
export async function pythonWith(
  name: string,
  packages: readonly string[],
  progress: (text: string) => void,
): Promise<string> {
  const folder = path.join(cacheFolder(), [name, ...packages].join('-').replace(/[^\w.-]+/g, '_'));
  const python = path.join(
    folder,
    ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
  );
  const modules = `import ${name}`;
  if (existsSync(python) && (await run(python, ['-c', modules])).status === 0) return python;
  progress(`installing ${packages.join(', ')} for comparison into the cache folder (once)`);
  rmSync(folder, { recursive: true, force: true });
  const made = await run(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', folder]);
  if (made.status !== 0) {
    throw new PeerUnavailableError(`a Python environment could not be made (${lastLine(made.errors)}).`);
  }
  const installed = await run(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    ...packages,
  ]);
  if (installed.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new PeerUnavailableError(
      `pip could not install ${packages.join(', ')} (${lastLine(installed.errors)}).`,
    );
  }
  return python;
}

/** What a script prints: one JSON document a line. */
export async function runScript(python: string, script: string, args: readonly string[]): Promise<unknown[]> {
  const { status, output, errors } = await run(python, [script, ...args]);
  if (status !== 0) {
    throw new PeerUnavailableError(`${path.basename(script)} failed (${lastLine(errors)}).`);
  }
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as unknown);
}
