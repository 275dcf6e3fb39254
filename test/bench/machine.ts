import os from 'node:os';
import type { Machine } from './types.ts';

export function describeMachine(engine: string | null): Machine {
  const processors = os.cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    platform: `${os.platform()} ${os.arch()}`,
    node: process.versions.node,
    engine,
  };
}
