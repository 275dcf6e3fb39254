import { basename, dirname, join, relative, sep } from 'node:path';
import type { Dataset } from '../../../common/dataset.ts';
import type { Split } from '../../../common/entities.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import type { ProblemCollector } from '../../collector.ts';
import { fileLike, filesLike, readDrafts } from '../../drafts.ts';
import type { Draft, DraftBox } from '../../drafts.ts';
import { filesUnder, readText } from '../../files.ts';
import type { ReadOptions } from '../../format.ts';
import { splitOfName, splitOfPath } from '../../split-names.ts';
import { readKittiRow } from './rows.ts';
import type { TextEncoding } from '../../encoding.ts';

const MOST_TEXT_BYTES = 20_000_000;
const LABELS = /^(label_2|labels?|label_02)$/i;
const isText = (name: string): boolean => /\.txt$/i.test(name);
const ROW = /^\S+\s+\d(\.\d+)?\s+-?\d(\.\d+)?(\s+[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?){12,13}\s*$/i;
const looksLikeKitti = (head: string): boolean => ROW.test(head.split(/\r\n|\n|\r/, 1)[0]!);

export async function detectKitti(path: string): Promise<Sentence | null> {
  const file = await fileLike(path, isText, looksLikeKitti);
  return file === null
    ? null
    : say('formats.evidence.kitti', { file: relative(path, file) || basename(file) });
}

/** The folder that labels are counted from, and where its pictures lie: image_2 for label_2, images for labels. */
function rootsOf(path: string, file: string): { labels: string; pictures: string[]; root: string } {
  const parts = file.split(sep);
  const at = parts.findLastIndex((part, index) => index < parts.length - 1 && LABELS.test(part));
  if (at < 0) return { labels: path, pictures: [join(path, 'images')], root: path };
  const root = parts.slice(0, at).join(sep) || sep;
  const names = ['image_2', 'images', 'image', 'image_02'];
  return { labels: join(root, parts[at]!), pictures: names.map((name) => join(root, name)), root };
}

/** Splits by the lists in ImageSets/: stems, one a line. */
async function splitsOf(root: string, encoding: TextEncoding | undefined): Promise<Map<string, Split>> {
  const splits = new Map<string, Split>();
  const lists = await filesUnder(join(root, 'ImageSets'), isText, 20);
  for (const file of lists) {
    const split = splitOfName(basename(file, '.txt'));
    if (split === null) continue;
    for (const line of (await readText(file, MOST_TEXT_BYTES, encoding)).split(/\r\n|\n|\r/))
      if (line.trim() !== '') splits.set(line.trim(), split);
  }
  return splits;
}

/** @throws TwinheadError as DatasetFormat.read says */
export async function readKitti(
  path: string,
  options: ReadOptions,
  problems: ProblemCollector,
): Promise<Dataset> {
  const all = await filesLike(path, isText, (head) => head.trim() === '' || looksLikeKitti(head));
  const files = all.filter(
    (file) => all.length === 1 || !relative(path, file).split(sep).includes('ImageSets'),
  );
  const lists = new Map<string, Map<string, Split>>();

  async function* read(file: string): AsyncGenerator<Draft> {
    const { labels, root } = rootsOf(path, file);
    const splits = lists.get(root) ?? (await splitsOf(root, options.encoding));
    lists.set(root, splits);
    const stem = relative(dirname(file) === path ? path : labels, file)
      .split(sep)
      .join('/')
      .replace(/\.txt$/i, '');
    const boxes: DraftBox[] = [];
    const lines = (await readText(file, MOST_TEXT_BYTES, options.encoding)).split(/\r\n|\n|\r/);
    for (const [index, line] of lines.entries()) {
      if (line.trim() === '') continue;
      const place = say('exchange.line', { line: String(index + 1) });
      const box = readKittiRow(line);
      if ('key' in box) problems.add(file, place, box, say('formats.correct'));
      else boxes.push({ box, place });
    }
    yield {
      path: stem === '' ? basename(file) : stem,
      anyExtension: true,
      size: null,
      splitOfList: splits.has(stem),
      split: splits.get(stem) ?? splitOfPath(relative(path, root)),
      boxes,
      imageClasses: [],
      reviewed: lines.every((line) => line.trim() === ''),
      unknown: {},
    };
  }

  return readDrafts(
    {
      format: 'kitti',
      files,
      read,
      folders: (file) => rootsOf(path, file).pictures,
      none: { said: say('formats.none', { format: 'KITTI' }), remedy: say('formats.none.remedy') },
    },
    path,
    options,
    problems,
  );
}
