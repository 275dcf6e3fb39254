import { basename, extname, relative } from 'node:path';
import type { Attributes, Dataset } from '../../../common/dataset.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Said, Sentence } from '../../../common/sentences/sentence.ts';
import type { ProblemCollector } from '../../collector.ts';
import { readDrafts, splitOfFolder } from '../../drafts.ts';
import type { Draft, DraftBox } from '../../drafts.ts';
import { filesUnder, kindOf } from '../../files.ts';
import type { ReadOptions } from '../../format.ts';
import { openFile } from '../../../files/index.ts';
import { splitOfName } from '../../split-names.ts';
import { datasetBox, nameOf, sizeOf } from '../../values.ts';
import { decodeExample } from './example.ts';
import type { Feature } from './example.ts';
import { crc32c, recordsOf } from './records.ts';

const isRecordFile = (name: string): boolean => /\.(tfrecords?|record)(-\d+-of-\d+)?$/i.test(name);

/** Whether the first twelve bytes are a length and its checksum. */
async function beginsWithRecord(file: string): Promise<boolean> {
  try {
    await using handle = await openFile(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(12), 0, 12, 0);
    const crc = crc32c(buffer.subarray(0, 8));
    return bytesRead === 12 && buffer.readUInt32LE(8) === (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  } catch {
    return false;
  }
}

async function filesAt(path: string, most = Infinity): Promise<string[]> {
  return (await kindOf(path)) === 'folder' ? filesUnder(path, isRecordFile, most) : [path];
}

export async function detectTfRecord(path: string): Promise<Sentence | null> {
  for (const file of await filesAt(path, 20))
    if (await beginsWithRecord(file))
      return say('formats.evidence.tfrecord', { file: relative(path, file) || basename(file) });
  return null;
}

type Features = ReadonlyMap<string, Feature>;

const decoder = new TextDecoder('utf-8');

function texts(features: Features, key: string): string[] {
  const feature = features.get(key);
  return feature !== undefined && 'bytes' in feature
    ? feature.bytes.map((one) => decoder.decode(one).trim())
    : [];
}

function numbers(features: Features, key: string): readonly number[] {
  const feature = features.get(key);
  if (feature === undefined || 'bytes' in feature) return [];
  return 'floats' in feature ? feature.floats : feature.integers;
}

/** @throws TwinheadError as DatasetFormat.read says */
export async function readTfRecord(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const files = await filesAt(path);

  function boxesOf(features: Features, place: Said, file: string): DraftBox[] {
    const list = (name: string): readonly number[] => numbers(features, `image/object/${name}`);
    const [left, top, right, bottom] = ['xmin', 'ymin', 'xmax', 'ymax'].map((name) => list(`bbox/${name}`));
    const names = texts(features, 'image/object/class/text');
    const labels = list('class/label');
    const count = Math.max(left!.length, top!.length, right!.length, bottom!.length);
    const boxes: DraftBox[] = [];
    for (let at = 0; at < count; at++) {
      const label = labels[at];
      const name = nameOf(names[at]) ?? (label === undefined ? null : `class ${label}`);
      const corners = [left![at], top![at], right![at], bottom![at]];
      if (name === null || corners.includes(undefined)) {
        const said = name === null ? say('formats.noClass') : say('formats.noNumbers', { name });
        problems.add(
          file,
          say('formats.record.box', { record: place, box: String(at + 1) }),
          said,
          say('formats.correct'),
        );
        continue;
      }
      const [x, y, x2, y2] = corners as [number, number, number, number];
      const flags = { difficult: 'difficult', truncated: 'truncated', is_crowd: 'crowd' };
      const attributes: Attributes = Object.fromEntries(
        Object.entries(flags).flatMap(([key, attribute]) => (list(key)[at] === 1 ? [[attribute, true]] : [])),
      );
      boxes.push({
        place: say('formats.record.box', { record: place, box: String(at + 1) }),
        box: datasetBox({ x, y, width: x2 - x, height: y2 - y }, name, { attributes }),
      });
    }
    return boxes;
  }

  async function* read(file: string): AsyncGenerator<Draft> {
    let record = 1;
    const split = splitOfName(basename(file, extname(file))) ?? splitOfFolder(path, file);
    for await (const bytes of recordsOf(file)) {
      const place = say('formats.record', { record: String(record++) });
      const features = decodeExample(bytes);
      const [named] =
        features === null
          ? []
          : [...texts(features, 'image/filename'), ...texts(features, 'image/source_id')];
      if (features === null || named === undefined || named === '') {
        const said =
          features === null ? say('formats.recordProto', { record: record - 1 }) : say('formats.noImage');
        problems.add(file, place, said, say('formats.correct'));
        continue;
      }
      const folder = split === null ? 'images' : split;
      yield {
        path: named,
        placedAt: `${folder}/${named}`,
        place,
        size: sizeOf(numbers(features, 'image/width')[0], numbers(features, 'image/height')[0]),
        shares: true,
        split,
        boxes: boxesOf(features, place, file),
        imageClasses: texts(features, 'image/class/text').filter((name) => name !== ''),
        reviewed: false,
        unknown: {},
      };
    }
  }

  return readDrafts(
    {
      format: 'tfrecord',
      files,
      read,
      none: { said: say('formats.none', { format: 'TFRecord' }), remedy: say('formats.none.remedy') },
    },
    path,
    options,
    problems,
  );
}
