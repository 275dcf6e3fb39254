import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../bench/run.ts', import.meta.url));

interface Ended {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

async function bench(...args: string[]): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, ...args]);
    return { status: 0, output: stdout, errors: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, output: stdout, errors: stderr };
  }
}

describe('the benchmark command', () => {
  it('prints one JSON document with the figures that were asked for', async () => {
    const { status, output, errors } = await bench('--json', '--only', 'learning.metrics');
    expect(status, errors).toBe(0);
    const { machine, results } = JSON.parse(output) as {
      machine: Record<string, unknown>;
      results: Record<string, unknown>[];
    };
    expect(machine['node']).toBe(process.versions.node);
    expect(machine['cores']).toBeGreaterThan(0);
    expect(results).toHaveLength(1);
    expect(Object.keys(results[0]!)).toEqual(['name', 'value', 'unit', 'budget', 'peer', 'ratio']);
    expect(results[0]).toMatchObject({
      name: 'learning.metrics.detection5000',
      unit: 'ms',
      peer: null,
      ratio: null,
    });
    expect(results[0]!['value']).toBeGreaterThan(0);
    expect(errors).toContain('36,029 boxes');
  });

  it('prints a table for people', async () => {
    const { status, output } = await bench('--only', 'learning.metrics');
    expect(status).toBe(0);
    expect(output).toMatch(/^name +value +budget +peer +ratio$/m);
    expect(output).toMatch(/^learning\.metrics\.detection5000 +[\d.]+ ms/m);
  });

  it('names the nearest benchmark where there is none of that name', async () => {
    const { status, output, errors } = await bench('--json', '--only', 'learning.trian.small');
    expect({ status, output }).toEqual({ status: 2, output: '' });
    expect(errors).toContain('learning.train.small');
  });

  it('lists the names that scripts rely on', async () => {
    const { output } = await bench('--list');
    expect(output.split('\n')).toEqual(
      expect.arrayContaining([
        'learning.train.small',
        'learning.infer.small',
        'learning.train.plain',
        'learning.infer.plain',
        'learning.train.lite0',
        'learning.infer.lite0',
      ]),
    );
  });

  it('refuses unknown options', async () => {
    expect(await bench('--fast')).toMatchObject({ status: 2, output: '' });
    expect(await bench('--peers', 'matlab')).toMatchObject({ status: 2, output: '' });
  });
});
