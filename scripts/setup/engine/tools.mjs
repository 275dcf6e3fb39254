import { SetupError } from '../errors.mjs';
import { answers, run } from '../run.mjs';

/** @returns the Python (3.8 or newer, with pip) that this machine has. */
export async function findPython(environment = process.env) {
  const candidates = environment.TWINHEAD_PYTHON ? [environment.TWINHEAD_PYTHON] : ['python3', 'python'];
  let withoutPip = false;
  for (const python of candidates) {
    const version = await run(python, ['-c', 'import sys; print(sys.version_info >= (3, 8))'], {
      env: environment,
      timeout: 20_000,
    });
    if (version.status !== 0 || version.stdout.trim() !== 'True') continue;
    if (await answers(python, ['-m', 'pip', '--version'])) return python;
    withoutPip = true;
  }
  throw withoutPip
    ? new SetupError(
        'Python has no pip.',
        'Install it (Debian: `apt install python3-pip`) and run `npm run setup`.',
      )
    : new SetupError('There is no Python 3.', 'Install Python 3 with pip and run `npm run setup`.');
}

/** @returns the C++ compiler that this machine has. */
export async function findCompiler(environment = process.env) {
  const candidates = environment.CXX ? [environment.CXX] : ['c++', 'g++', 'clang++'];
  for (const compiler of candidates) if (await answers(compiler)) return compiler;
  throw new SetupError(
    'There is no C++ compiler.',
    process.platform === 'darwin'
      ? 'Run `xcode-select --install`, then `npm run setup`.'
      : 'Install one (Debian: `apt install g++`) and run `npm run setup`.',
  );
}
