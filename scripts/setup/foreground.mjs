import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import path from 'node:path';
import { pinnedNode, root } from './paths.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The environment in which a program of the checkout runs: the pinned Node and the packages' commands first. */
export function programEnvironment(environment = process.env) {
  const folders = [
    path.dirname(pinnedNode()),
    path.join(root, 'node_modules', '.bin'),
    environment.PATH ?? '',
  ];
  const result = {
    // glibc gives threads heaps of their own, eight a core, and each keeps what the largest piece of work on it freed.
    MALLOC_ARENA_MAX: '2',
    ...environment,
    PATH: folders.join(path.delimiter),
  };
  // npm sets it for the script that it runs; a program further down would take it for its own caller's folder.
  delete result.INIT_CWD;
  return result;
}

/**
 * Runs a program in the foreground: it has this process's terminal, gets its signals, and its end is this one's end.
 * With `onStdout` its standard output goes there instead of to the terminal.
 * @returns {Promise<number>} its exit status; where a signal ended it, 128 + the signal's number
 */
export function runInForeground(
  command,
  args,
  { cwd = process.cwd(), env = programEnvironment(), onStdout } = {},
) {
  return new Promise((resolve, reject) => {
    const stdio = ['inherit', onStdout ? 'pipe' : 'inherit', 'inherit'];
    const child = spawn(command, args, { cwd, env, stdio });
    child.stdout?.setEncoding('utf8').on('data', onStdout);
    const handlers = SIGNALS.map((signal) => [signal, () => forward(child, signal)]);
    for (const [signal, handler] of handlers) process.on(signal, handler);
    const stop = () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    };
    child.on('error', (error) => {
      stop();
      reject(error);
    });
    child.on('close', (code, signal) => {
      stop();
      resolve(signal ? 128 + (constants.signals[signal] ?? 0) : code);
    });
  });
}

/** A terminal sends Ctrl-C to every process in its foreground, the child included: it must not get it twice. */
function forward(child, signal) {
  if (signal === 'SIGINT' && process.stdin.isTTY) return;
  child.kill(signal);
}

/** Runs a script of the checkout by the pinned Node in place of this process where that is possible, else below it. */
export async function becomeNode(args, options = {}) {
  const { cwd = process.cwd(), env = programEnvironment() } = options;
  if (typeof process.execve === 'function') {
    process.chdir(cwd);
    process.execve(pinnedNode(), [pinnedNode(), ...args], env);
  }
  return runInForeground(pinnedNode(), args, { cwd, env });
}

/** npm runs scripts in the checkout; the folder in which the person typed the command is where paths count from. */
export function callersFolder(environment = process.env, cwd = process.cwd()) {
  const byNpm = environment.npm_lifecycle_event !== undefined && environment.INIT_CWD !== undefined;
  return byNpm && path.resolve(cwd) === path.resolve(root) ? environment.INIT_CWD : cwd;
}
