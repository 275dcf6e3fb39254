import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import path from 'node:path';
import { z } from 'zod';
import { findResource, readWhole } from '../../../files/index.ts';
import { refusedBy } from '../../parity.ts';
import type { RuntimeModel } from '../../types.ts';
import { pythonsOf } from './pythons.ts';

/** What is told of a process that ends before it answers. */
const MOST_TOLD = 400;

const Version = z.object({ version: z.string() });
const Lengths = z.record(z.string(), z.int().nonnegative());

/**
 * A .tflite file in LiteRT, which has no binding for Node: in a Python that has `ai-edge-litert`, as a process of its own.
 * @returns null where there is no such Python
 * @throws TwinheadError `export-mismatch` where the runtime refuses the model
 */
export async function openLiteRt(file: string): Promise<RuntimeModel | null> {
  const script = findResource(path.join('resources', 'models', 'litert.py'));
  const python = script === null ? null : await pythonWithLiteRt();
  if (script === null || python === null) return null;
  // As text: inside an installed app, no other program can open the file.
  const text = (await readWhole(script)).toString('utf8');
  const peer = new Peer(spawn(python, ['-I', '-c', text, file], { windowsHide: true }));
  const { version } = Version.parse(JSON.parse(await peer.line()));
  return {
    version: `LiteRT ${version}`,
    batch: null,
    async run(images, count, size) {
      const pixels = images.subarray(0, count * size * size * 3);
      peer.send(Buffer.from(`${JSON.stringify({ count, size })}\n`));
      peer.send(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength));
      const lengths = Lengths.parse(JSON.parse(await peer.line()));
      const outputs: Record<string, Float32Array> = {};
      for (const [name, length] of Object.entries(lengths)) {
        const bytes = await peer.bytes(length * Float32Array.BYTES_PER_ELEMENT);
        outputs[name] = new Float32Array(Uint8Array.from(bytes).buffer);
      }
      return outputs;
    },
    close: () => peer.close(),
  };
}

async function pythonWithLiteRt(): Promise<string | null> {
  for (const python of pythonsOf(process.env, process.platform)) {
    const child = spawn(python, ['-I', '-c', 'import numpy, ai_edge_litert.interpreter'], {
      ...{ stdio: 'ignore', windowsHide: true },
    });
    const found = await new Promise<boolean>((resolve) => {
      child.on('error', () => resolve(false));
      child.on('close', (status) => resolve(status === 0));
    });
    if (found) return python;
  }
  return null;
}

/** A process that is asked and answers, one question at a time. */
class Peer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<void>;
  #parts: Buffer[] = [];
  #errors = '';
  #isOver = false;
  /** Told as soon as there is more, or no more will come. */
  #more: () => void = () => undefined;

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    child.stdout.on('data', (part: Buffer) => {
      this.#parts.push(part);
      this.#more();
    });
    child.stderr.on('data', (part: Buffer) => (this.#errors += part.toString()));
    // It has ended: that is told by what is not answered.
    child.stdin.on('error', () => undefined);
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#isOver = true;
        this.#more();
        resolve();
      };
      child.on('error', end);
      child.on('close', end);
    });
  }

  send(content: Uint8Array): void {
    this.#child.stdin.write(content);
  }

  async line(): Promise<string> {
    for (;;) {
      const held = this.#held();
      const end = held.indexOf('\n');
      if (end >= 0) return (await this.bytes(end + 1)).toString();
      await this.#next();
    }
  }

  async bytes(count: number): Promise<Buffer> {
    while (this.#parts.reduce((size, part) => size + part.length, 0) < count) await this.#next();
    const held = this.#held();
    this.#parts = [held.subarray(count)];
    return held.subarray(0, count);
  }

  #held(): Buffer {
    const held = Buffer.concat(this.#parts);
    this.#parts = [held];
    return held;
  }

  async #next(): Promise<void> {
    if (this.#isOver) throw refusedBy('LiteRT', this.#errors.trim().slice(-MOST_TOLD));
    await new Promise<void>((resolve) => {
      this.#more = resolve;
    });
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    this.#child.kill();
    await this.#ended;
  }
}
