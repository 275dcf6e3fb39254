import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Run } from '../../../common/entities.ts';
import { TwinheadError } from '../../../common/errors.ts';
import type { Language } from '../../../common/sentences/languages.ts';
import { say } from '../../../common/sentences/sentence.ts';
import { makeFolder, readWhole, writeAtomically } from '../../../files/index.ts';
import type { EvaluatedOn } from '../../../store/index.ts';
import type { OpenProject } from '../../scope/open-project.ts';
import { gatherFacts } from './facts.ts';

/** The first line of a report says what follows, so that one that nobody has changed can be replaced. */
const HEAD = /^<!doctype html><!-- Twinhead report, SHA-256 of what follows: ([0-9a-f]{64}) -->\n/;
const hashOf = (body: string): string => createHash('sha256').update(body).digest('hex');

/** @throws TwinheadError `unusable-input` where a file is there that is no report of ours, or was changed since */
async function requireReplaceable(file: string): Promise<void> {
  if (!existsSync(file)) return;
  const text = (await readWhole(file)).toString('utf8');
  const head = HEAD.exec(text);
  if (head !== null && hashOf(text.slice(head[0].length)) === head[1]) return;
  throw new TwinheadError('unusable-input', say('report.there'), {
    file,
    remedy: say('report.there.remedy'),
  });
}

/**
 * Writes what an evaluation says into one HTML file that needs no network. The predictions have to be stored.
 * @param out absolute
 * @returns false where no predictions are stored
 * @throws TwinheadError `unusable-input` where another file is there; what the file system says
 */
export async function writeReport(
  project: OpenProject,
  wanted: EvaluatedOn & {
    readonly run: Run;
    readonly language: Language;
    readonly out: string;
    readonly version: string;
  },
): Promise<boolean> {
  const { run, language, out, version, ...on } = wanted;
  await requireReplaceable(out);
  const facts = await gatherFacts(project, run, on);
  if (facts === null) return false;
  // Languages are loaded only where something is written in them.
  const { ReportPage } = await import('./page.ts');
  const body = new ReportPage(facts, language).body(new Date().toISOString(), version);
  makeFolder(path.dirname(out));
  await writeAtomically(
    out,
    `<!doctype html><!-- Twinhead report, SHA-256 of what follows: ${hashOf(body)} -->\n${body}`,
  );
  return true;
}
