import { lite0 } from './lite0.ts';
import { nano } from './nano.ts';
import { plain } from './plain.ts';
import type { Network } from './types.ts';

const all = { lite0, nano, plain };

export type NetworkName = keyof typeof all;

/** Every trunk, by its name in the configuration, whose schema follows from this. A new one is a file and an entry here. */
export const networks: Readonly<Record<NetworkName, Network>> = all;

export const networkNames = Object.keys(all) as NetworkName[];
