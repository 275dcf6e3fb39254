import type { Jobs } from './jobs.ts';
import type { AppPorts } from './ports.ts';
import type { Session } from './session.ts';
import type { UserSettings } from './settings.ts';
import type { Resources } from './work/resources.ts';

/** What every service works with. */
export interface ServiceContext {
  readonly ports: AppPorts;
  readonly jobs: Jobs;
  readonly resources: Resources;
  readonly session: Session;
  readonly settings: UserSettings;
}
