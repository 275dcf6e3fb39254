import type { EngineChoice } from '../../engine/types.ts';
import type { AppPorts } from './ports.ts';

/** The engine that this host would train with, and why. Looks at folders only; nothing is loaded. */
export async function engineFor(ports: AppPorts): Promise<EngineChoice> {
  const { findEngine } = await import('../../engine/index.ts');
  return findEngine({ environment: ports.environment, forced: ports.engine });
}
