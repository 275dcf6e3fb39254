import { contract } from './contract.ts';
import { faults } from './faults.ts';
import type { Harness } from './harness.ts';
import { hostileDb } from './hostile-db.ts';
import { http } from './http.ts';
import { importFuzz } from './import-fuzz.ts';
import { kill } from './kill.ts';
import { links } from './links.ts';
import { soak } from './soak.ts';

export const HARNESSES: readonly Harness[] = [
  kill,
  faults,
  http,
  contract,
  links,
  hostileDb,
  importFuzz,
  soak,
];
