import type { ClassKind } from '../../common/entities.ts';
import type { Reader, Writer } from '../database/database.ts';
import { readClasses } from '../rows/class-rows.ts';
import { insertClass } from './classes.ts';
import { requireClassName } from './class-rules.ts';

/** Finds classes by name and makes those that are missing. */
export class ClassNames {
  readonly created: number[] = [];
  readonly #known = new Map<string, number>();
  readonly #next = { object: 0, image: 0 };

  constructor(reader: Reader) {
    for (const { kind, name, id, position } of readClasses(reader)) {
      this.#known.set(`${kind} ${name}`, id);
      this.#next[kind] = position + 1;
    }
  }

  id(writer: Writer, kind: ClassKind, given: string, place: string): number {
    const asGiven = this.#known.get(`${kind} ${given}`);
    if (asGiven !== undefined) return asGiven;
    const name = requireClassName(given, place);
    let id = this.#known.get(`${kind} ${name}`);
    if (id === undefined) {
      id = insertClass(writer, { kind, name }, { exactly: true, position: this.#next[kind]++ }).id;
      this.created.push(id);
      this.#known.set(`${kind} ${name}`, id);
    }
    this.#known.set(`${kind} ${given}`, id);
    return id;
  }
}
