import { nano } from './nano.ts';
import { plain } from './plain.ts';
import type { Network } from './types.ts';

/** Every trunk, by the name in the configuration. A new one is added here and to the schema in config.ts. */
export const networks: Readonly<Record<'nano' | 'plain', Network>> = { nano, plain };
