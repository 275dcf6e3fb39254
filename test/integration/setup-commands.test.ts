import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** The scripts that people call, in this checkout, whose packages and Node are set up: no step of it is done again. */
const root = path.resolve(import.meta.dirname, '..', '..');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'twinhead-commands-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

async function script(name: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const file = path.join(root, 'scripts', `${name}.mjs`);
  const options = { cwd: root, env: { ...process.env, ...env } };
  try {
    return { status: 0, ...(await promisify(execFile)(process.execPath, [file, ...args], options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, stdout, stderr };
  }
}

describe('set-up', () => {
  /** Neither Python nor a compiler is on the path, and no engine in the folder. */
  const bare = (): NodeJS.ProcessEnv => ({
    PATH: path.join(folder, 'nothing'),
    XDG_CACHE_HOME: folder,
    TWINHEAD_ENGINE_DIR: path.join(folder, 'engines'),
  });

  it.skipIf(process.platform === 'win32')(
    'ends well where no engine can be had, with one line that says why, what to do and what is used instead',
    async () => {
      const { status, stdout } = await script('setup', [], bare());
      expect(status).toBe(0);
      const lines = stdout.trim().split('\n');
      expect(lines).toHaveLength(2);
      expect(lines[0]).toMatch(/There is no Python 3\. Install .* TensorFlow\.js, which is slow\./);
      expect(lines[1]).toContain('ready');
    },
  );

  it.skipIf(process.platform === 'win32')(
    'fails where the CUDA engine was asked for and cannot be had',
    async () => {
      const { status, stdout } = await script('setup', ['--gpu'], bare());
      expect(status).toBe(1);
      expect(stdout).toContain('No CUDA 12 engine');
    },
  );

  it('knows its options', async () => {
    const unknown = await script('setup', ['--gpus']);
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toContain('--gpus');
    expect((await script('setup', ['--help'])).stdout).toContain('--verify');
  });

  it.skipIf(process.platform === 'win32')(
    'is not tried again by every command once it could not get an engine',
    async () => {
      await script('setup', [], bare());
      const { status, stderr } = await script('twinhead', ['--version'], bare());
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );
});

describe('the command twinhead', () => {
  it('works in the folder from which npm was called', async () => {
    await mkdir(path.join(folder, 'here'));
    const { status } = await script('twinhead', ['new', 'shapes', '--quiet'], {
      npm_lifecycle_event: 'twinhead',
      INIT_CWD: path.join(folder, 'here'),
    });
    expect(status).toBe(0);
    expect(existsSync(path.join(folder, 'here', 'shapes.twinhead', 'project.db'))).toBe(true);
  });

  it('ends with the status of what it ran, its standard output untouched', async () => {
    const wrong = await script('twinhead', ['no-such-command']);
    expect(wrong.status).toBe(2);
    expect(wrong.stdout).toBe('');
    expect(JSON.parse((await script('twinhead', ['doctor', '--json'])).stdout)).toHaveProperty('parts');
  });

  it('says first what the check of the installation comes to', async () => {
    const { stdout } = await script('twinhead', ['doctor']);
    expect(stdout).toMatch(/^(Everything that Twinhead needs works\.|Not in order: .+)\n\npart +state/);
  });
});
