import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  clockTime,
  folderNameFor,
  frameFileName,
  momentOf,
  readFrameFileName,
  videoGroup,
} from '../../electron/common/video-frames.ts';

describe('names of frames', () => {
  test('carry number and time', () => {
    expect(frameFileName(123, 4.1)).toBe('frame-000123_00-00-04.100.png');
    expect(frameFileName(0, 3599.9996)).toBe('frame-000000_01-00-00.000.png');
    expect(clockTime(4.1)).toBe('00:00:04.100');
  });

  test('are read back, to the millisecond', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 99_999_999 }),
        fc.integer({ min: 0, max: 3_600_000_000 }),
        (frame, ms) => {
          expect(readFrameFileName(frameFileName(frame, ms / 1000))).toEqual({ frame, seconds: ms / 1000 });
        },
      ),
    );
  });

  test('other names are none', () => {
    for (const name of ['frame-1.png', 'frame-000001_00-00-00.000.jpg', 'xframe-000001_00-00-00.000.png', ''])
      expect(readFrameFileName(name)).toBeNull();
  });

  test('only an image of a video’s group is a moment of it', () => {
    const fileName = frameFileName(5, 0.2);
    expect(momentOf({ group: videoGroup('a b.mp4'), fileName })).toEqual({
      video: 'a b.mp4',
      frame: 5,
      seconds: 0.2,
    });
    expect(momentOf({ group: null, fileName })).toBeNull();
    expect(momentOf({ group: videoGroup('a'), fileName: 'other.png' })).toBeNull();
  });
});

describe('names of folders', () => {
  test('keep what every system can have', () => {
    expect(folderNameFor('two cells 图.webm')).toBe('two cells 图.webm');
    expect(folderNameFor('../../etc/passwd')).toBe('_.._etc_passwd');
    expect(folderNameFor('..')).toBe('video_');
    expect(folderNameFor('CON.mp4')).toBe('video_CON.mp4');
    expect(folderNameFor('a\\b:c*?"<>|\u0000\u202e.mp4')).toBe('a_b_c________.mp4');
  });

  test('whatever the file is called, the name is one part of a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const folder = folderNameFor(name);
        expect(folder).not.toMatch(/[/\\:\0]|^\.|[. ]$|^$/);
        expect(folder.length).toBeLessThanOrEqual(110);
      }),
    );
  });
});
