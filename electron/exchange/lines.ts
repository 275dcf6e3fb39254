import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { openFile } from '../files/index.ts';
import type { TextEncoding } from './encoding.ts';
import { TextChunks } from './text-chunks.ts';

const CHUNK_BYTES = 1 << 20;
/** Longest line that is read: a file without line ends must not fill the memory. */
const LONGEST_LINE = 64_000_000;

export interface Line {
  /** 1-based. */
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a text file of any size, without their ends and a byte order mark; blank ones are left out. What is not
 * UTF-8 is read in the known encoding of the data set.
 * @throws TwinheadError `unusable-input` naming the line where it is neither, or endless; what the system says
 */
export async function* linesOf(file: string, encoding?: TextEncoding): AsyncGenerator<Line> {
  const chunks = new TextChunks(file, encoding);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest = '';
  let number = 0;
  await using handle = await openFile(file);
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
    const lines = chunks.decode(chunk.subarray(0, bytesRead), number + 1).split('\n');
    // What waits for its end is not looked through again with every chunk.
    lines[0] = rest + lines[0]!;
    rest = bytesRead > 0 ? lines.pop()! : '';
    for (const line of lines) {
      number += 1;
      const clean = line.endsWith('\r') ? line.slice(0, -1) : line;
      if (clean.trim() !== '') yield { number, text: clean };
    }
    if (bytesRead === 0) return;
    if (rest.length > LONGEST_LINE)
      throw new TwinheadError('unusable-input', say('formats.endlessLine'), {
        file,
        place: say('exchange.line', { line: String(number + 1) }),
        remedy: say('formats.none.remedy'),
      });
  }
}
