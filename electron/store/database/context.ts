import type { Actor } from '../../common/entities.ts';
import type { ProjectDatabase, Reader, Writer } from './database.ts';

/** What the repositories of one open project share. */
export interface StoreContext {
  readonly db: ProjectDatabase;
  /** Work that a large change leaves open: see tables/settling.ts. */
  readonly settling: { start(): void; stop(): void };
  readonly clock: () => Date;
  /** Absolute. */
  readonly folder: string;
  /** Who acts where a call doesn't say. */
  readonly actor: Actor;
}

export function now(context: StoreContext): string {
  return context.clock().toISOString();
}

export function projectRevision(reader: Reader): number {
  return reader.get<{ revision: number }>('SELECT revision FROM project')!.revision;
}

/** Every change of images, classes or labels raises it by one, in the same transaction. */
export function raiseRevision(writer: Writer): number {
  writer.run('UPDATE project SET revision = revision + 1');
  return projectRevision(writer);
}

/** Grows with every change of what is learned from and evaluated on: boxes, image classes, states, splits, classes. */
export function labelsRevision(reader: Reader): number {
  return reader.get<{ revision: number }>('SELECT labels_revision AS revision FROM project')!.revision;
}

/** In the same transaction as a change of labels, which the project's own revision counts too. */
export function raiseLabelsRevision(writer: Writer): void {
  writer.run('UPDATE project SET labels_revision = labels_revision + 1');
}

/** A transaction that may change most of the project, and what is left to do after it. */
export function changeMuch<Value>({ db, settling }: StoreContext, work: (writer: Writer) => Value): Value {
  const value = db.writeMuch(work);
  settling.start();
  return value;
}
