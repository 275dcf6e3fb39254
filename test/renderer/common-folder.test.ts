import { expect, it } from 'vitest';
import { commonFolder } from '../../renderer/parts/common-folder.ts';

it('is the innermost folder of all absolute paths', () => {
  expect(commonFolder(['/data/cells/a.jpg', '/data/cells/old/b.jpg'])).toBe('/data/cells/');
  expect(commonFolder(['/data/cells/a.jpg', '/data/cells2/a.jpg'])).toBe('/data/');
  expect(commonFolder(['/data/a.jpg'])).toBe('/data/');
  expect(commonFolder(['C:\\data\\a.jpg', 'C:\\data\\old\\b.jpg'])).toBe('C:\\data\\');
  expect(commonFolder(['/a.jpg', '/data/b.jpg'])).toBe('/');
});

it('leaves out what is named by another place', () => {
  expect(commonFolder(['/data/a.jpg', 'labels.json'])).toBe('/data/');
  expect(commonFolder(['labels.json', 'train/b.xml'])).toBe('');
  expect(commonFolder(['/data/a.jpg', 'D:\\b.jpg'])).toBe('');
  expect(commonFolder([])).toBe('');
});
