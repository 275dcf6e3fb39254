/**
 * What the services say, in English: the list of all sentences, one file an area, said by `say('area.key', …)`. Every
 * other language is checked against it. What the interface says is in en/interface.ts.
 */
import { archive } from './archive.ts';
import { assist } from './assist.ts';
import { calls } from './calls.ts';
import { cli } from './cli.ts';
import { desktop } from './desktop.ts';
import { engine } from './engine.ts';
import { exchange } from './exchange.ts';
import { exports } from './export.ts';
import { files } from './files.ts';
import { formats } from './formats.ts';
import { history } from './history.ts';
import { images } from './images.ts';
import { imports } from './import.ts';
import { jobs } from './jobs.ts';
import { labels } from './labels.ts';
import { learning } from './learning.ts';
import { report } from './report.ts';
import { rescue } from './rescue.ts';
import { review } from './review.ts';
import { services } from './services.ts';
import { settings } from './settings.ts';
import { store } from './store.ts';
import { tasks } from './tasks.ts';
import { training } from './training.ts';
import { web } from './web.ts';

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
