/** What differs between the hosts is given to the app; services never ask which host they run in. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface AppPorts {
  readonly host: 'desktop' | 'web' | 'cli';
  readonly clock: () => Date;
  readonly logger: Logger;
  /** Per-user folder for settings and the list of recent projects; made on first write. */
  readonly userFolder: string;
  /** An engine forced by `--engine`, else undefined. */
  readonly engine: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}
