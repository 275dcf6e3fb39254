import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { StreamMessage } from '../../common/contract.ts';
import { TrainingEvent } from '../../common/entities.ts';
import { LineFile, readTextSync, writeAtomicallySync } from '../../files/index.ts';
import { Feed } from '../base/feed.ts';
import type { FeedReader } from '../base/feed.ts';

const FILE = 'events.jsonl';

/** Every line that is understood: the last one may have been cut by a crash, and one damaged line ends nothing. */
function readEvents(file: string): TrainingEvent[] {
  if (!existsSync(file)) return [];
  const events: TrainingEvent[] = [];
  for (const line of readTextSync(file).split('\n')) {
    const event = TrainingEvent.safeParse(parseJson(line));
    if (event.success) events.push(event.data);
  }
  return events;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/**
 * The curves of one run: JSON lines in its folder, numbered from 1 by line, and a feed of the same numbers for who
 * watches. Curves are not labels: they are written without a flush, and a resumed run redraws what a crash cut off.
 */
export class RunEvents {
  readonly #file: string;
  readonly #lines: LineFile;
  readonly #live: Feed<TrainingEvent>;

  private constructor(file: string, lines: number) {
    this.#file = file;
    this.#lines = new LineFile(file);
    this.#live = new Feed<TrainingEvent>(10_000, lines);
  }

  /** Begins to record. Points after `step`, where the checkpoint lies that a resumed run starts from, are dropped. */
  static record(runFolder: string, resumeStep: number | null): RunEvents {
    const file = path.join(runFolder, FILE);
    const kept = readEvents(file).filter(
      (event) =>
        resumeStep !== null && event.type !== 'end' && (!('step' in event) || event.step <= resumeStep),
    );
    writeAtomicallySync(file, kept.map((event) => `${JSON.stringify(event)}\n`).join(''));
    return new RunEvents(file, kept.length);
  }

  push(event: TrainingEvent): void {
    this.#lines.push(JSON.stringify(event));
    this.#live.push(event);
  }

  close(): void {
    this.#lines[Symbol.dispose]();
    this.#live.close();
  }

  /** What is on disk, then what comes. */
  async *read(reader: FeedReader): AsyncGenerator<StreamMessage<TrainingEvent>> {
    let { after } = reader;
    for (const message of finishedEvents(path.dirname(this.#file), after)) {
      yield message;
      after = message.sequence;
    }
    yield* this.#live.read({ after, signal: reader.signal });
  }
}

/** The recorded events of a run that is not running, after number `after`. */
export function finishedEvents(runFolder: string, after: number): StreamMessage<TrainingEvent>[] {
  return readEvents(path.join(runFolder, FILE))
    .map((event, index) => ({ sequence: index + 1, event }))
    .filter(({ sequence }) => sequence > after);
}

/** An epoch of a run as far as its time goes. */
export interface RecordedEpoch {
  readonly epoch: number;
  /** Steps of the run by its end. */
  readonly step: number;
  readonly seconds: number;
  /** Trained images per second while it computed, by its last word on it; null without one. */
  readonly imagesPerSecond: number | null;
}

/** The recorded epochs of runs: a file is read again only once it has changed. */
export class RecordedEpochs {
  readonly #read = new Map<string, { readonly version: string; readonly epochs: readonly RecordedEpoch[] }>();

  /** In order. */
  of(runFolder: string): readonly RecordedEpoch[] {
    const file = path.join(runFolder, FILE);
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) return [];
    const version = `${found.size} ${found.mtimeMs}`;
    const known = this.#read.get(file);
    if (known?.version === version) return known.epochs;
    const epochs = recordedEpochs(readEvents(file));
    this.#read.set(file, { version, epochs });
    return epochs;
  }
}

function recordedEpochs(events: readonly TrainingEvent[]): RecordedEpoch[] {
  const epochs: RecordedEpoch[] = [];
  let imagesPerSecond: number | null = null;
  for (const event of events) {
    if (event.type === 'step') ({ imagesPerSecond } = event);
    else if (event.type === 'epoch') {
      const { epoch, step, seconds } = event;
      epochs.push({ epoch, step, seconds, imagesPerSecond });
      imagesPerSecond = null;
    }
  }
  return epochs;
}
