import type { Handlers } from './services/handlers.ts';

export type { Handlers } from './services/handlers.ts';
export type { AppPorts, Logger } from './services/ports.ts';

export interface App {
  readonly handlers: Handlers;
  /** Pictures by id, never by path: `…/image/<id>?size=256|full`. */
  serveImage(request: Request): Promise<Response>;
  /** Stops training at a checkpoint, cancels jobs, closes the project. */
  close(): Promise<void>;
}
