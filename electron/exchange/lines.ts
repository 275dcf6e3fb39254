import { isAscii } from 'node:buffer';
import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { openFile } from '../files/index.ts';
import { decoderOf } from './encoding.ts';
import { whyUnread, wrongEncoding } from './files.ts';
import type { TextEncoding } from './encoding.ts';

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
  let decoder = new TextDecoder('utf-8', { fatal: true });
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest = '';
  let number = 0;
  let onlyAscii = true;
  await using handle = await openFile(file);
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
    const bytes = chunk.subarray(0, bytesRead);
    const decode = (): string => rest + decoder.decode(bytes, { stream: bytesRead > 0 });
    let text: string;
    try {
      try {
        text = decode();
      } catch (error) {
        const given = encoding?.name === undefined ? null : decoderOf(encoding.name);
        if (!onlyAscii || given === null) throw error;
        decoder = given;
        text = decode();
      }
    } catch {
      const why = whyUnread(encoding, null);
      if (onlyAscii) encoding?.unread(file, bytes, why);
      throw wrongEncoding(file, number + 1, why);
    }
    onlyAscii &&= isAscii(bytes);
    const lines = text.split('\n');
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
