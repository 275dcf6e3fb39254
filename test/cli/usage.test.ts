import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { commandNames, runCommandLine } from '../../electron/cli/program.ts';

/** Wrong usage and help need no services, so they run in this process. */
async function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const status = await runCommandLine(args, { stdout, stderr });
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? '';
  return { status, out: text(stdout), err: text(stderr) };
}

it('the commands are those of the contract', () => {
  const all =
    'new sample add import formats status suggestions split snapshot diff health train evaluate suspects thresholds robustness resources compare compare-runs predict explain export-data export-model serve pack unpack restore rescue learn-examples doctor';
  expect(commandNames()).toEqual(all.split(' '));
});

describe('wrong usage', () => {
  it.each([
    [['trian', 'cells'], /Did you mean train\?/],
    [['sample', 'digits', '--seeed', '1'], /Did you mean --seed\?/],
    [['status'], /missing required argument 'PROJECT'/i],
    [['evaluate', 'cells'], /--run/],
    [['evaluate', 'cells', '--run', 'best', '--split', 'vla'], /val, test/],
    [['sample', 'digits', '--train', '-1'], /whole number/],
    [['serve', '--port', '70000'], /0 to 65535/],
    [['robustness', 'cells', '--run', 'best', '--images', '0'], /from 1 on, or all/],
    [['robustness', 'cells', '--run', 'best', '--seed', '9999999'], /0 to 1000000/],
    [['predict', 'cells', '--run', 'best', '--min-score', '2'], /0 to 1/],
    [['suggestions', 'forget', 'cells'], /list, make, clear/],
    [['thresholds', 'cells', '--run', 'best', '--goal', 'recall'], /0 to 1/],
    [[], /command is missing/],
  ])('%j ends with 2 and says what is wrong', async (args, words) => {
    const { status, out, err } = await run(...args);
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(words);
  });

  it('is one JSON document where that was asked for', async () => {
    const { status, out } = await run('status', '--json');
    expect(status).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'invalid-input' } });
  });
});

it.each(commandNames())('%s has help with an example', async (name) => {
  const { status, out } = await run(name, '--help');
  expect(status).toBe(0);
  expect(out).toMatch(new RegExp(`Example:\\n {2}twinhead ${name}`));
  expect(out).toContain('--json');
});
