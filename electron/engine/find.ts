import { existsSync } from 'node:fs';
import path from 'node:path';
import { chooseEngine } from './choose.ts';
import { locateEngines, thisMachine } from './locate.ts';
import type { Machine } from './locate.ts';
import type { EngineChoice } from './types.ts';

export interface EngineRequest {
  /** Default: this process's. */
  readonly environment?: NodeJS.ProcessEnv;
  /** The value of `--engine`. */
  readonly forced?: string | undefined;
}

/**
 * The engine that this machine would use, and why. Looks at files only: milliseconds, nothing is loaded.
 * @throws TwinheadError as `chooseEngine`.
 */
export function findEngine({ environment = process.env, forced }: EngineRequest = {}): EngineChoice {
  const machine = thisMachine(environment);
  return chooseEngine({
    environment,
    forced,
    platform: machine.platform,
    installed: locateEngines(machine),
    nvidiaDriver: hasNvidiaDriver(machine),
  });
}

/** An NVIDIA driver shows by its device (under WSL: the host's), or else by its tool on the path. */
export function hasNvidiaDriver({ platform, environment }: Machine): boolean {
  if (platform !== 'linux') return false;
  if (existsSync('/dev/nvidia0') || existsSync('/usr/lib/wsl/lib/libcuda.so.1')) return true;
  return (environment['PATH'] ?? '')
    .split(path.delimiter)
    .some((folder) => folder !== '' && existsSync(path.join(folder, 'nvidia-smi')));
}
