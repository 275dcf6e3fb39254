import type { Unknown } from '../../common/dataset.ts';
import type { ClassKind } from '../../common/entities.ts';
import type { StoreContext } from '../database/context.ts';
import { byFormat } from '../rows/extra-fields.ts';

/** Fields of one import that Twinhead has no word for. */
export interface ImportedFields {
  readonly format: string;
  readonly source: Unknown;
  readonly classes: readonly { readonly kind: ClassKind; readonly name: string; readonly fields: Unknown }[];
  readonly images: readonly { readonly imageId: number; readonly fields: Unknown }[];
}

/** Fields of imports beside the labels: no edit, so not in the history. */
export class SourceFields {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** Takes the place of what an earlier import of the same format brought. */
  keep({ format, source, classes, images }: ImportedFields): void {
    this.#context.db.write((writer) => {
      const patch = (fields: Unknown): string => JSON.stringify(byFormat(format, fields));
      for (const { imageId, fields } of images) {
        writer.run(
          "UPDATE images SET extra = json_patch(coalesce(extra, '{}'), ?) WHERE id = ?",
          patch(fields),
          imageId,
        );
      }
      for (const { kind, name, fields } of classes) {
        writer.run(
          "UPDATE classes SET extra = json_patch(coalesce(extra, '{}'), ?) WHERE kind = ? AND name = ?",
          patch(fields),
          kind,
          name.normalize('NFC').trim(),
        );
      }
      if (Object.keys(source).length === 0) return;
      writer.run(
        'INSERT INTO source_fields (format, fields) VALUES (?, ?) ON CONFLICT (format) DO UPDATE SET fields = excluded.fields',
        format,
        JSON.stringify(source),
      );
    });
  }

  ofSource(format: string): Unknown {
    const row = this.#context.db.read.get<{ fields: string }>(
      'SELECT fields FROM source_fields WHERE format = ?',
      format,
    );
    return row === undefined ? {} : (JSON.parse(row.fields) as Unknown);
  }
}
