import { rename } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { exportModel } from '../../electron/export/export-model.ts';
import { PeerUnavailableError, pythonWith, runScript } from '../bench/peers/python.ts';
import { kinds, request, useExports } from '../export/support.ts';

/** What pip may take, once a machine. */
const INSTALLING_MS = 1_200_000;

useExports();

test.for(['nano with the dense head', 'slots first, then the image class', 'lite0 with the dense head'])(
  'the script in an export as safetensors gives the engine’s outputs with NumPy alone: %s',
  { timeout: INSTALLING_MS },
  async (kind, context) => {
    let python: string;
    try {
      python = await pythonWith('numpy', ['numpy==2.2.6'], () => undefined);
    } catch (error) {
      if (!(error instanceof PeerUnavailableError)) throw error;
      return context.skip(`NumPy from pip: ${error.message}`);
    }
    const asked = await request(`script-${kind.replaceAll(' ', '-')}`, kinds[kind]!);
    await exportModel({ ...asked, format: 'safetensors' });
    // Wherever it is.
    const moved = `${asked.outFolder} elsewhere`;
    await rename(asked.outFolder, moved);
    const said = (await runScript(python, path.join(moved, 'run.py'), [])) as {
      output: string;
      shape: number[];
      difference: number;
    }[];
    expect(said.map(({ output }) => output)).toEqual(['class_probabilities', 'boxes', 'scores']);
    for (const { output, shape, difference } of said) {
      expect(shape[0]).toBe(1);
      expect(difference).toBeLessThan(output === 'boxes' ? 0.05 : 1e-4);
    }
  },
);
