/** Seconds as people read them: "0.4 s", "12 s", "3 min 5 s". */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  return `${Math.floor(Math.round(seconds) / 60)} min ${Math.round(seconds) % 60} s`;
}

/** Bytes in decimal megabytes, as package indexes count them: "274 MB". */
export function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/** How far a download is: "120 of 274 MB, 44 %, 31.2 MB/s"; without a total: "120 MB, 31.2 MB/s". */
export function downloadProgress(bytes, total, milliseconds) {
  const rate = milliseconds > 0 ? `, ${(bytes / 1e3 / milliseconds).toFixed(1)} MB/s` : '';
  if (!total) return `${megabytes(bytes)}${rate}`;
  const share = Math.min(100, Math.floor((100 * bytes) / total));
  return `${(bytes / 1e6).toFixed(0)} of ${megabytes(total)}, ${share} %${rate}`;
}

/**
 * Prints steps to a stream. On a terminal the line of a running step is rewritten; elsewhere (a log) it is printed at
 * its start, at its end, and every `interval` milliseconds in between.
 */
export class Reporter {
  constructor(stream = process.stdout, { interval = 5000, quiet = false } = {}) {
    this.stream = stream;
    this.interval = interval;
    this.quiet = quiet;
    this.live = Boolean(stream.isTTY);
    this.printed = false;
  }

  /** A line of its own. */
  line(text) {
    if (this.quiet) return;
    this.printed = true;
    this.stream.write(`${this.live ? '\r\u001b[K' : ''}${text}\n`);
  }

  /**
   * Runs one step: says what it does, how far it is (`progress(text)`), and how long it took.
   * @param {string} title what is done, as a noun or a sentence without a full stop
   * @param {(progress: (text: string) => void) => Promise<T>} work
   * @template T
   */
  async step(title, work) {
    const start = Date.now();
    let shown = start;
    const show = (text) => {
      if (this.quiet) return;
      if (this.live)
        this.stream.write(`\r\u001b[K  ${title}: ${text}`.slice(0, (this.stream.columns || 100) + 3));
      else if (Date.now() - shown >= this.interval) {
        shown = Date.now();
        this.line(`  ${title}: ${text}`);
      }
    };
    if (this.live) show('…');
    else this.line(`  ${title} …`);
    const ticker = this.live
      ? null
      : setInterval(() => show(last || duration(Date.now() - start)), this.interval);
    let last = '';
    try {
      const result = await work((text) => {
        last = text;
        show(text);
      });
      this.line(`✓ ${title} (${duration(Date.now() - start)})`);
      return result;
    } catch (error) {
      this.line(`✗ ${title} (${duration(Date.now() - start)})`);
      throw error;
    } finally {
      if (ticker) clearInterval(ticker);
    }
  }
}
