import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TwinheadError } from '../../electron/common/errors.ts';
import {
  readCheckpoint,
  readCheckpointHeader,
  writeCheckpoint,
} from '../../electron/learning/training/checkpoint.ts';
import type { Checkpoint } from '../../electron/learning/training/checkpoint.ts';
import { parseTrainingConfig } from '../../electron/learning/config/config.ts';
import { decodeSafetensors, encodeSafetensors } from '../../electron/learning/base/safetensors.ts';
import { temporaryFolder } from './support.ts';

const checkpoint: Checkpoint = {
  config: parseTrainingConfig({ epochs: 3 }),
  imageClasses: [{ id: 4, name: 'Zelle “α”' }],
  objectClasses: [{ id: 9, name: '细胞' }],
  heads: { imageClass: true, boxes: false },
  dataFingerprint: 'abc',
  position: {
    epoch: 1,
    step: 12,
    stepInEpoch: 2,
    sums: { loss: 3.5 },
    observed: { 'gradientCosine.imageClass.boxes': -0.2 },
    bestScore: null,
    bestEpoch: null,
    epochsSinceBest: 0,
    seconds: 1.5,
  },
  tensors: new Map([
    ['parameters/a', { shape: [2, 2], data: Float32Array.from([1, -2, 3.5, -0]) }],
    ['parameters/b', { shape: [], data: Float32Array.from([7]) }],
  ]),
};

/** How a file is refused, whole and by its header alone, which is the same. */
async function refusal(file: string): Promise<TwinheadError> {
  const [error, ofHeader] = await Promise.all(
    [readCheckpoint, readCheckpointHeader].map((read) => read(file).catch((thrown: unknown) => thrown)),
  );
  if (!(error instanceof TwinheadError)) throw new Error(`not refused with a word: ${String(error)}`);
  expect(ofHeader).toEqual(error);
  return error;
}

describe('a checkpoint', () => {
  it('comes back as it was written, and leaves no temporary file', async () => {
    using folder = temporaryFolder();
    const file = path.join(folder.path, 'last.safetensors');
    await writeCheckpoint(file, checkpoint);
    expect(await readCheckpoint(file)).toEqual(checkpoint);
    expect(fs.readdirSync(folder.path)).toEqual(['last.safetensors']);
  });

  it('is described by its header, which is read without the tensors and still tells when these are cut off', async () => {
    using folder = temporaryFolder();
    const file = path.join(folder.path, 'last.safetensors');
    const { tensors, ...described } = checkpoint;
    const large = { shape: [1_000_000], data: new Float32Array(1_000_000) };
    await writeCheckpoint(file, { ...described, tensors: new Map([...tensors, ['parameters/c', large]]) });
    expect(await readCheckpointHeader(file)).toEqual(described);
    fs.truncateSync(file, fs.statSync(file).size - 1);
    expect((await refusal(file)).message).toContain('cut off in parameters/c');
  });

  it('stays as it was where a new one cannot be written', async () => {
    using folder = temporaryFolder();
    const file = path.join(folder.path, 'last.safetensors');
    await writeCheckpoint(file, checkpoint);
    // A folder that is a link stands for a disk that refuses.
    const linked = path.join(folder.path, 'linked');
    fs.symlinkSync(folder.path, linked);
    const refused = path.join(linked, 'last.safetensors');
    await expect(writeCheckpoint(refused, { ...checkpoint, dataFingerprint: 'new' })).rejects.toThrow();
    expect((await readCheckpoint(file)).dataFingerprint).toBe('abc');
  });

  it('that is cut off anywhere is refused in words', async () => {
    using folder = temporaryFolder();
    const file = path.join(folder.path, 'last.safetensors');
    await writeCheckpoint(file, checkpoint);
    const whole = fs.readFileSync(file);
    for (let length = 0; length < whole.length; length += 97) {
      fs.writeFileSync(file, whole.subarray(0, length));
      const error = await refusal(file);
      expect(error.code).toBe('unusable-input');
      expect(error.details.file).toBe(file);
    }
  });

  it('of another version, of another kind, or that is not there is told apart', async () => {
    using folder = temporaryFolder();
    const file = path.join(folder.path, 'x.safetensors');
    const write = (metadata: Record<string, string>) => {
      fs.writeFileSync(file, Buffer.concat(encodeSafetensors({ metadata, tensors: new Map() })));
    };
    expect((await refusal(file)).code).toBe('not-found');
    write({});
    expect((await refusal(file)).message).toContain('not a Twinhead checkpoint');
    write({ format: 'twinhead-checkpoint', version: '99', twinhead: '{}' });
    expect((await refusal(file)).message).toContain('version 99');
    write({ format: 'twinhead-checkpoint', version: '1', twinhead: '{"config":{}}' });
    expect((await refusal(file)).message).toContain('description');
  });

  it('of a network with a head that this version lacks is refused in words, by its name', async () => {
    using folder = temporaryFolder();
    const file = path.join(folder.path, 'last.safetensors');
    await writeCheckpoint(file, { ...checkpoint, heads: { ...checkpoint.heads, outlines: true } });
    const lacking = await refusal(file);
    expect(lacking).toMatchObject({ code: 'unusable-input', details: { file } });
    expect(lacking.message).toContain('does not know: outlines');
    const config = { ...checkpoint.config, boxHead: 'outlines' as 'dense', outlines: { depth: 2 } };
    await writeCheckpoint(file, { ...checkpoint, config });
    expect((await refusal(file)).message).toContain('does not know: outlines');
  });

  it.each([NaN, Infinity, -Infinity])(
    'with a weight of %d is refused in words, by its name',
    async (value) => {
      using folder = temporaryFolder();
      const file = path.join(folder.path, 'last.safetensors');
      const broken = { shape: [2], data: Float32Array.from([1, value]) };
      await writeCheckpoint(file, { ...checkpoint, tensors: new Map([['parameters/c', broken]]) });
      await expect(readCheckpoint(file)).rejects.toMatchObject({
        code: 'unusable-input',
        details: { file },
        message: expect.stringContaining('parameters/c holds values that are not finite') as string,
      });
    },
  );

  it('can be read where another program wrote halves', () => {
    const header = JSON.stringify({ a: { dtype: 'F16', shape: [3], data_offsets: [0, 6] } });
    const bytes = Buffer.concat([
      Buffer.from(BigUint64Array.of(BigInt(header.length)).buffer),
      Buffer.from(header),
      Buffer.from(Uint16Array.of(0x3c00, 0xc000, 0x2e66).buffer),
    ]);
    const { data } = decodeSafetensors(bytes, 'file').tensors.get('a')!;
    expect([...data]).toEqual([1, -2, 0.0999755859375]);
  });

  it.each([
    ['null', 'not a list of tensors'],
    ['[]', 'not a list of tensors'],
    ['5', 'not a list of tensors'],
    ['{"__metadata__":null}', 'not a list of texts'],
    ['{"__metadata__":{"a":1}}', 'not a list of texts'],
    ['{"a":null}', 'can’t be read'],
    ['{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', 'can’t be read'],
    ['{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 'contradicts itself'],
    ['{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}', 'contradicts itself'],
    [
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
      'overlaps',
    ],
    [
      '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
      'overlaps',
    ],
  ])('whose header is %s is refused in words', (header, said) => {
    const bytes = Buffer.concat([
      Buffer.from(BigUint64Array.of(BigInt(header.length)).buffer),
      Buffer.from(header),
      Buffer.alloc(8),
    ]);
    expect(() => decodeSafetensors(bytes, 'file')).toThrow(
      expect.objectContaining({
        code: 'unusable-input',
        message: expect.stringContaining(said) as string,
      }) as Error,
    );
  });

  it('damaged in any byte of its header is read or refused in words, never more', () => {
    const bytes = Buffer.concat(encodeSafetensors({ metadata: { a: 'b' }, tensors: checkpoint.tensors }));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (place, value) => {
        const damaged = Uint8Array.from(bytes);
        damaged[place] = value;
        try {
          decodeSafetensors(damaged, 'file');
        } catch (error) {
          expect(error).toBeInstanceOf(TwinheadError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
