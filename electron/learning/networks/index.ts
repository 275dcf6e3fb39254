import { lite0 } from './lite0.ts';
import { nano } from './nano.ts';
import { plain } from './plain.ts';
import type { Network } from './types.ts';

/** Every trunk, by the name in the configuration. A new one is added here and to the schema in config.ts. */
export const networks: Readonly<Record<'lite0' | 'nano' | 'plain', Network>> = {
  lite0,
  nano,
  plain,
};
