/**
 * What the services say, in English: the list of all sentences, one file an area, said by `say('area.key', …)`. Every
 * other language is checked against it. What the interface says is in en/interface.ts.
 */
import { archive } from './en/archive.ts';
import { assist } from './en/assist.ts';
import { calls } from './en/calls.ts';
import { cli } from './en/cli.ts';
import { desktop } from './en/desktop.ts';
import { engine } from './en/engine.ts';
import { exchange } from './en/exchange.ts';
import { exports } from './en/export.ts';
import { files } from './en/files.ts';
import { formats } from './en/formats.ts';
import { history } from './en/history.ts';
import { images } from './en/images.ts';
import { imports } from './en/import.ts';
import { jobs } from './en/jobs.ts';
import { labels } from './en/labels.ts';
import { learning } from './en/learning.ts';
import { report } from './en/report.ts';
import { rescue } from './en/rescue.ts';
import { review } from './en/review.ts';
import { services } from './en/services.ts';
import { settings } from './en/settings.ts';
import { store } from './en/store.ts';
import { tasks } from './en/tasks.ts';
import { training } from './en/training.ts';
import { web } from './en/web.ts';
import { wordsOf } from './sentence.ts';
import type { Said } from './sentence.ts';

export const english = {
  ...archive,
  ...assist,
  ...calls,
  ...cli,
  ...desktop,
  ...engine,
  ...exchange,
  ...exports,
  ...files,
  ...formats,
  ...history,
  ...images,
  ...imports,
  ...jobs,
  ...labels,
  ...learning,
  ...report,
  ...rescue,
  ...review,
  ...services,
  ...settings,
  ...store,
  ...tasks,
  ...training,
  ...web,
};

/** English, as far as the services themselves need it. */
export const ENGLISH = { between: ' ', comma: ', ', semicolon: '; ', services: english } as const;

/** A sentence in English: for the command line, the log and messages of errors. */
export function inEnglish(said: Said): string {
  return wordsOf(said, ENGLISH, 'en');
}
