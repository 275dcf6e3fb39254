import type { Run } from '../../electron/common/entities.ts';

/** What a run is trained on, with its engine where that says more: "CPU", "NVIDIA H200 (cuda12)". */
export function deviceOf({ device, engine }: Pick<Run, 'device' | 'engine'>): string {
  if (device === '') return engine === 'cpu' ? 'CPU' : engine;
  return device.toLowerCase() === engine ? device : `${device} (${engine})`;
}
