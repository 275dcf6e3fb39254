import type { DatasetImage } from '../../common/dataset.ts';
import { serveTask } from '../../tasks/serve.ts';
import { Unpacker } from '../images/packed-pictures.ts';
import { readHere } from './reading.ts';
import type { Reading } from './reading.ts';

/** A part ends with whichever comes first: it is taken over in a few milliseconds. */
const CHUNK_IMAGES = 100;
const CHUNK_BOXES = 500;

/** Parts that may be on the way. */
const AHEAD = 2;

const STOP_LOOK_MS = 50;

/** The images from the last to the first: nothing else holds one that was taken off, so none is here twice for long. */
async function readWaiting(...asked: Parameters<typeof readHere>) {
  const { dataset, problems, format } = await readHere(...asked);
  const { images, ...head } = dataset;
  return { head, problems, format, waiting: images.toReversed() };
}

await serveTask<Reading>(async ({ taken, unpackTo, ...request }, { emit, shouldStop }) => {
  const stopping = new AbortController();
  const look = setInterval(() => shouldStop() && stopping.abort(), STOP_LOOK_MS);
  let tells = false;
  const pictures =
    unpackTo === null
      ? undefined
      : new Unpacker(() => {
          if (!tells) emit({ type: 'unpacking' });
          tells = true;
          return unpackTo;
        });
  try {
    const { head, problems, format, waiting } = await readWaiting(request, {
      pictures,
      signal: stopping.signal,
      onProgress: (done, total) => emit({ type: 'progress', done, total }),
    });
    let sent = 0;
    const send = (part: Omit<Extract<Reading['event'], { type: 'part' }>, 'type'>): void => {
      emit({ type: 'part', ...part });
      sent += 1;
      for (
        let there = Atomics.load(taken, 0);
        sent - there > AHEAD && !shouldStop();
        there = Atomics.load(taken, 0)
      )
        Atomics.wait(taken, 0, there, STOP_LOOK_MS);
    };
    for (let first = 0; first < problems.length && !shouldStop(); first += CHUNK_BOXES)
      send({ problems: problems.slice(first, first + CHUNK_BOXES) });
    while (waiting.length > 0 && !shouldStop()) {
      const images: DatasetImage[] = [];
      for (let boxes = 0; images.length < CHUNK_IMAGES && boxes < CHUNK_BOXES;) {
        const image = waiting.pop();
        if (image === undefined) break;
        boxes += image.boxes.length;
        images.push(image);
      }
      send({ images });
    }
    return { head, format, unpacked: pictures?.unpacked ?? null };
  } finally {
    clearInterval(look);
  }
});
