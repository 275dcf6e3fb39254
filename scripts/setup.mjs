import { setUp } from './setup/steps.mjs';

const start = Date.now();
setUp();
process.stderr.write(`set-up: ready (${((Date.now() - start) / 1000).toFixed(1)} s)\n`);
