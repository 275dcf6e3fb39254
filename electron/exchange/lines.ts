import { TwinheadError } from '../common/errors.ts';
import { say } from '../common/sentences/sentence.ts';
import { openFile } from '../files/index.ts';

const CHUNK_BYTES = 1 << 20;
/** Longest line that is read: a file without line ends must not fill the memory. */
const LONGEST_LINE = 64_000_000;

export interface Line {
  /** 1-based. */
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a UTF-8 text file of any size, without their ends and a byte order mark; blank ones are left out.
 * @throws TwinheadError `unusable-input` naming the line where it is no UTF-8, or endless; what the system says
 */
export async function* linesOf(file: string, encoding = 'utf-8'): AsyncGenerator<Line> {
  const decoder = decoderOf(file, encoding);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest = '';
  let number = 0;
  await using handle = await openFile(file);
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
    let text: string;
    try {
      text = rest + decoder.decode(chunk.subarray(0, bytesRead), { stream: bytesRead > 0 });
    } catch (error) {
      throw new TwinheadError(
        'unusable-input',
        say('formats.notText', { encoding }),
        {
          file,
          place: say('exchange.line', { line: String(number + 1) }),
          remedy: say('formats.notText.remedy'),
        },
        { cause: error },
      );
    }
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

function decoderOf(file: string, encoding: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (error) {
    throw new TwinheadError(
      'unusable-input',
      say('formats.notText', { encoding }),
      { file, remedy: say('formats.notText.remedy') },
      { cause: error },
    );
  }
}
