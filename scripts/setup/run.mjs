import { spawn } from 'node:child_process';

const children = new Set();

/** Ends every child with this process: a set-up that was interrupted leaves nothing running behind it. */
process.on('exit', () => {
  for (const child of children) child.kill('SIGTERM');
});

/** Runs `work` such that Ctrl-C and its like end this process in order: its children and locks go with it. */
export async function endingInOrder(work) {
  const handlers = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ].map(([signal, status]) => [signal, () => process.exit(status)]);
  for (const [signal, handler] of handlers) process.once(signal, handler);
  try {
    return await work();
  } finally {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  }
}

/**
 * Runs a program to its end and gathers what it prints.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, timeout?: number, onOutput?: (text: string) => void, shell?: boolean}} [options]
 * `timeout` in milliseconds
 * @returns {Promise<{status: number, stdout: string, stderr: string, timedOut: boolean}>} status 127 where there is no
 * such program, 128 where a signal ended it
 */
export function run(command, args, { cwd, env, timeout, onOutput, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const timer = timeout
      ? setTimeout(() => {
          timedOut = true;
          child.kill('SIGKILL');
        }, timeout)
      : null;
    child.stdout.on('data', (data) => {
      stdout += data;
      onOutput?.(String(data));
    });
    child.stderr.on('data', (data) => {
      stderr += data;
      onOutput?.(String(data));
    });
    const end = (status) => {
      if (timer) clearTimeout(timer);
      children.delete(child);
      resolve({ status, stdout, stderr, timedOut });
    };
    child.on('error', (error) => {
      stderr += error.message;
      end(127);
    });
    child.on('close', (code) => end(code ?? 128));
  });
}

/** The last lines that a failed program printed, for an error message. */
export function lastLines({ stdout, stderr }, count = 3) {
  const lines = (stderr.trim() || stdout.trim()).split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.slice(-count).join(' | ').slice(0, 600);
}

/** Whether a program answers to `--version`. */
export async function answers(command, args = ['--version']) {
  return (await run(command, args, { timeout: 20_000 })).status === 0;
}

/** npm of the Node that runs this script; on Windows it is a batch file, which needs a shell. */
export function npm(args, options = {}) {
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
    ...options,
    shell: process.platform === 'win32',
  });
}
