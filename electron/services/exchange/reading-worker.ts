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
    const { dataset, problems, format } = await readHere(request, {
      pictures,
      signal: stopping.signal,
      onProgress: (done, total) => emit({ type: 'progress', done, total }),
    });
    const { images, ...head } = dataset;
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
    for (let first = 0; first < images.length && !shouldStop();) {
      let boxes = 0;
      let end = first;
      while (end < images.length && end - first < CHUNK_IMAGES && boxes < CHUNK_BOXES)
        boxes += images[end++]!.boxes.length;
      send({ images: images.slice(first, end) });
      first = end;
    }
    return { head, format, unpacked: pictures?.unpacked ?? null };
  } finally {
    clearInterval(look);
  }
});
