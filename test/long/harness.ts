import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TwinheadError } from '../../electron/common/errors.ts';
import { createRandom } from '../../electron/common/random.ts';
import type { Random } from '../../electron/common/random.ts';
import { NASTY } from '../support/nasty.ts';
import { LoopWatch } from './loop-watch.ts';
import type { Stalls } from './loop-watch.ts';

/** One attempt at the product: nothing, or what broke. */
export type Attempt = (random: Random) => Promise<string | null>;

export interface Harness {
  readonly name: string;
  /** What is attempted, and what counts as broken. */
  readonly about: string;
  /** The event loop of this process serves calls, as the product's does: its own work may not hold it. */
  readonly serves?: boolean;
  /** Tries of a full sitting (`--goal`). */
  readonly goal: number;
  /** How long it takes where nobody says, seconds; else a minute. */
  readonly seconds?: number;
  /** Why it can't run on this machine; null: it can. */
  readonly lacks?: () => string | null;
  /** @param folder empty, its own, removed afterwards */
  open(folder: string): Promise<{ readonly attempt: Attempt; readonly close: () => Promise<Closing | void> }>;
}

/** What only the end shows. */
export interface Closing {
  readonly breaks: readonly string[];
  /** Lines to print. */
  readonly figures: readonly string[];
}

export interface Outcome {
  readonly name: string;
  readonly tries: number;
  readonly seconds: number;
  readonly breaks: readonly string[];
  readonly figures: readonly string[];
  /** null where the harness itself works in the loop. */
  readonly stalls: Stalls | null;
}

/** What one turn of the event loop may work, on any machine. */
const LONGEST_TURN_MS = 200;

interface Sitting {
  readonly seed: number;
  readonly tries: number;
  readonly seconds: number;
  /** Whether too long a turn is a break: not where other work shares the machine. */
  readonly timed: boolean;
}

/** Attempts with the seeds from `seed` on, until there were so many or so much time is over; each is repeatable alone. */
export async function run(harness: Harness, { seed, tries, seconds, timed }: Sitting): Promise<Outcome> {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), `twinhead-${harness.name}-`)));
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  const breaks: string[] = [];
  const figures: string[] = [];
  let stalls: Stalls | null;
  let done = 0;
  try {
    const { attempt, close } = await harness.open(folder);
    if (harness.serves === true) await loadDomains();
    const watch = harness.serves === true ? new LoopWatch() : null;
    for (; done < tries && elapsed() < seconds; done++) {
      const broken = await attempt(createRandom(seed + done)).catch(describe);
      // Each is a turn of the event loop by itself, as a call over a connection is.
      await nextTurn();
      if (broken !== null) breaks.push(`seed ${seed + done}: ${broken}`);
      const own = watch?.ownLately() ?? 0;
      // Jobs that earlier ones began work in its turns, too: its own where it shows alone as well.
      if (timed && own > LONGEST_TURN_MS)
        breaks.push(
          `seed ${seed + done}: a turn of the event loop worked for ${Math.round(own)} ms meanwhile`,
        );
    }
    stalls = (await watch?.stop()) ?? null;
    const closing = await close();
    breaks.push(...(closing?.breaks ?? []));
    figures.push(...(closing?.figures ?? []));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { name: harness.name, tries: done, seconds: elapsed(), breaks, figures, stalls };
}

/**
 * Loads what the services import only when it is first needed. Here it is source, and Node strips its types in the event
 * loop; what is installed is compiled.
 */
async function loadDomains(): Promise<void> {
  for (const domain of ['engine', 'exchange', 'export', 'images', 'learning'])
    await import(`../../electron/${domain}/index.ts`);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** null for an error in words for people; else what it is: those are defects. */
export function defectOf(error: unknown): string | null {
  if (error instanceof TwinheadError && error.code !== 'internal') return null;
  return describe(error);
}

export function pick<Value>(random: Random, values: readonly Value[]): Value {
  return values[random.integer(values.length)]!;
}

/** The text with one to four places cut, repeated or replaced. */
export function mutate(random: Random, text: string): string {
  let result = text;
  for (let edits = 1 + random.integer(4); edits > 0; edits--) {
    const from = random.integer(result.length + 1);
    const piece = result.slice(from, from + random.integer(40));
    const rest = result.slice(from + piece.length);
    const middle = pick(random, ['', piece + piece, pick(random, NASTY), piece + pick(random, NASTY)]);
    result = result.slice(0, from) + middle + rest;
  }
  return result;
}
