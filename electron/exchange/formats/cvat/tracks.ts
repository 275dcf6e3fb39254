import type { DatasetBox } from '../../../common/dataset.ts';
import { say } from '../../../common/sentences/sentence.ts';
import type { Sentence } from '../../../common/sentences/sentence.ts';
import type { ProblemCollector } from '../../collector.ts';
import { nameOf, numberOf } from '../../values.ts';
import type { XmlNode } from '../../xml-stream.ts';
import { isTrue, readShape, SHAPES } from './shapes.ts';

/** A box of a track on one frame. */
export interface TrackedBox {
  readonly frame: number;
  readonly box: DatasetBox;
  readonly place: Sentence;
  readonly outline: boolean;
}

interface Key extends TrackedBox {
  readonly outside: boolean;
}

/** No video has more frames; a file that says so would cost memory without bound. */
const MOST_FRAMES = 10_000_000;
/** Boxes that one track may be filled up to. */
const MOST_BETWEEN = 1_000_000;

function keysOf(track: XmlNode, label: string, file: string, problems: ProblemCollector): Key[] {
  const id = track.attributes.id;
  const keys: Key[] = [];
  for (const node of track.children.filter(({ name }) => SHAPES.has(name))) {
    const place = say('exchange.line', { line: String(node.line) });
    const frame = numberOf(node.attributes.frame);
    const shape = readShape(node, label);
    if (frame === null || !Number.isInteger(frame) || frame < 0 || frame > MOST_FRAMES)
      problems.add(file, place, say('formats.noFrame', { name: label }), say('formats.correct'));
    else if ('key' in shape) problems.add(file, place, shape, say('formats.correct'));
    else {
      const unknown = { ...shape.box.unknown, track: id ?? '', keyframe: node.attributes.keyframe !== '0' };
      keys.push({
        frame,
        place,
        box: { ...shape.box, unknown },
        outline: shape.outline,
        outside: isTrue(node.attributes.outside),
      });
    }
  }
  return keys.sort((a, b) => a.frame - b.frame);
}

const between = (from: number, to: number, share: number): number => from + (to - from) * share;

/**
 * The boxes of a track on every frame: those that are listed, and between two of them the straight line, as CVAT
 * itself draws it. After the last one the object stays where it is until the video ends, unless it is `outside`.
 * @param lastFrame of the video, or null where the file does not say
 */
export function* trackedBoxes(
  track: XmlNode,
  lastFrame: number | null,
  file: string,
  problems: ProblemCollector,
): Generator<TrackedBox> {
  const label = nameOf(track.attributes.label);
  if (label === null) {
    problems.add(
      file,
      say('exchange.line', { line: String(track.line) }),
      say('formats.noClass'),
      say('formats.correct'),
    );
    return;
  }
  const keys = keysOf(track, label, file, problems);
  let filled = 0;
  for (const [index, key] of keys.entries()) {
    if (key.outside) continue;
    yield key;
    const next = keys[index + 1];
    const end = next?.frame ?? (lastFrame === null ? key.frame + 1 : lastFrame + 1);
    for (let frame = key.frame + 1; frame < end && filled < MOST_BETWEEN; frame++, filled++) {
      const target = next === undefined || next.outside ? key : next;
      const share = (frame - key.frame) / Math.max(1, end - key.frame);
      const box: DatasetBox = {
        ...key.box,
        x: between(key.box.x, target.box.x, share),
        y: between(key.box.y, target.box.y, share),
        width: between(key.box.width, target.box.width, share),
        height: between(key.box.height, target.box.height, share),
        unknown: { track: key.box.unknown.track, keyframe: false },
      };
      yield { frame, box, place: key.place, outline: false };
    }
  }
}
