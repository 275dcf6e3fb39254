import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { toErrorReport } from '../../electron/common/errors.ts';
import type { AnnotationOperation } from '../../electron/common/entities.ts';
import { Annotations } from '../../electron/store/tables/annotations.ts';
import { Settling } from '../../electron/store/tables/settling.ts';
import { connect } from '../../electron/store/database/connection.ts';
import { ProjectDatabase } from '../../electron/store/database/database.ts';
import { box, labels, useProject } from './support.ts';
import { saying } from '../support/in-english.ts';

const project = useProject();

describe('a disk that fills up in the middle of an edit', () => {
  it('is told, leaves nothing half done, and the same edit goes through once there is room', async () => {
    const [image] = project.addImages(1) as [number];
    await project.store.importAnnotations({
      title: 'Suggestions',
      suggestedBy: { kind: 'model', name: 'run-1' },
      images: [
        {
          imageId: image,
          boxes: [{ ...box(0, 5), className: 'cell', score: 0.5, extra: null }],
          imageClassNames: null,
          split: null,
          verifiedEmpty: false,
        },
      ],
    });
    const cell = project.store.classes.find('object', 'cell')!.id;
    const before = project.store.annotations.get(image);
    project.store.close();

    const file = path.join(project.folder, 'project.db');
    const connection = connect(file);
    const db = new ProjectDatabase(connection, file);
    const annotations = new Annotations({
      db,
      settling: new Settling(db),
      clock: () => new Date(),
      folder: project.folder,
      actor: 'person',
    });
    const operations: AnnotationOperation[] = [
      { type: 'accept-suggestion', suggestionId: before.suggestions[0]!.id },
      // So large that the edit needs new pages only after its first rows were written.
      ...Array.from({ length: 400 }, (_, n): AnnotationOperation => ({
        type: 'add-box',
        box: { ...box(cell, n / 10), attributes: { remark: 'x'.repeat(200) } },
      })),
      { type: 'set-note', note: 'n'.repeat(5000) },
    ];
    const edit = () => annotations.edit(image, before.image.revision, operations);
    connection.pragma(`max_page_count = ${Number(connection.pragma('page_count', { simple: true })) + 4}`);
    expect(edit).toThrow(
      expect.objectContaining({
        code: 'disk-full',
        details: expect.objectContaining({ remedy: saying('') }) as unknown,
      }),
    );
    expect(annotations.get(image)).toEqual(before);
    connection.pragma('max_page_count = 100000');
    const after = edit().annotations;
    expect(after).toMatchObject({ suggestions: [], image: { boxCount: 401, noted: true } });
    connection.close();

    project.reopen();
    expect(labels(project.store.annotations.get(image))).toEqual(labels(after));
    expect(project.store.fullCheck().problems).toEqual([]);
    expect(project.store.annotations.undo(image)).toMatchObject({
      boxes: [],
      suggestions: before.suggestions,
    });
  });
});

it.each(['EIO', 'SQLITE_IOERR_READ'])('a disk that fails (%s) is told in words, as no defect', (code) => {
  expect(toErrorReport(Object.assign(new Error('read failed'), { code }))).toMatchObject({
    code: 'disk-failed',
    details: { remedy: saying('Check the disk') },
  });
});
