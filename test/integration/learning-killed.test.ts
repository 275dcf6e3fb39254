import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BEST_CHECKPOINT,
  LAST_CHECKPOINT,
  readCheckpoint,
} from '../../electron/learning/training/checkpoint.ts';

const PROGRAM = fileURLToPath(new URL('../../electron/cli/index.ts', import.meta.url));
const SETTINGS = ['inputSize=64', 'batch=8', 'epochs=5', 'neckChannels=16', 'schedule.warmupEpochs=0.5'];

interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly messages: string;
}

/** Runs the command as a process of its own; `watch` sees what it has written to standard error so far. */
function twinhead(
  args: readonly string[],
  watch?: (messages: string, kill: () => void) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let messages = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    messages += text;
    watch?.(messages, () => child.kill('SIGKILL'));
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, output, messages }));
  });
}

let folder: string;
let project: string;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'twinhead-killed-'));
  project = path.join(folder, 'digits.twinhead');
  const made = await twinhead(['sample', project, '--train', '80', '--val', '16', '--test', '4']);
  expect(made, made.messages).toMatchObject({ status: 0 });
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const train = (name: string) => [
  'train',
  project,
  '--name',
  name,
  ...SETTINGS.flatMap((text) => ['--set', text]),
];

describe('a training process that is killed', () => {
  it('goes on with --resume and ends as one that was not', async () => {
    const whole = await twinhead([...train('whole'), '--json']);
    expect(whole, whole.messages).toMatchObject({ status: 0 });

    let killed = false;
    const broken = await twinhead(train('broken'), (messages, kill) => {
      // In the course of an epoch after the second: there is a checkpoint, and it is not of this moment.
      if (killed || !/^epoch 2\/5 {2}loss/m.test(messages)) return;
      killed = true;
      setTimeout(kill, 150);
    });
    expect(broken.signal, broken.messages).toBe('SIGKILL');

    const resumed = await twinhead(['train', project, '--resume', 'broken', '--json']);
    expect(resumed, resumed.messages).toMatchObject({ status: 0 });
    const runOf = ({ output }: Ended) =>
      (JSON.parse(output) as { run: { id: string; epoch: number; bestEpoch: number; bestScore: number } })
        .run;
    const [one, other] = [runOf(whole), runOf(resumed)];
    expect(other).toMatchObject({ epoch: 5, bestEpoch: one.bestEpoch, bestScore: one.bestScore });

    for (const file of [LAST_CHECKPOINT, BEST_CHECKPOINT]) {
      const [first, second] = await Promise.all(
        [one, other].map(({ id }) => readCheckpoint(path.join(project, 'runs', id, file))),
      );
      expect({ ...second!.position, seconds: 0 }).toEqual({ ...first!.position, seconds: 0 });
      expect(second!.tensors.size).toBe(first!.tensors.size);
      for (const [name, { data }] of first!.tensors)
        expect(second!.tensors.get(name)!.data, name).toEqual(data);
    }
  });
});
