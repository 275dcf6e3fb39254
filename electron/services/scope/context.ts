import type { Jobs } from './jobs.ts';
import type { AppPorts } from '../base/ports.ts';
import type { Scopes } from './scopes.ts';
import type { UserSettings } from '../base/settings.ts';
import type { Resources } from '../work/resources.ts';

/** What every service works with, whichever projects are open. */
export interface ServiceContext {
  readonly ports: AppPorts;
  readonly jobs: Jobs;
  readonly resources: Resources;
  readonly scopes: Scopes;
  readonly settings: UserSettings;
}
