import { expect, it } from 'vitest';
import { movedFolder } from '../../renderer/label/images/moved-folder.ts';

it.each([
  ['/mnt/disk/cells/night/1.png', 'night/1.png', '/mnt/disk/cells'],
  ['/mnt/disk/other name.png', 'night/1.png', '/mnt/disk'],
  ['/night/1.png', 'night/1.png', '/'],
  ['/1.png', 'night/1.png', '/'],
  ['C:\\photos\\night\\1.png', 'night/1.png', 'C:\\photos'],
  ['C:\\night\\1.png', 'night/1.png', 'C:\\'],
  ['C:\\1.png', '1.png', 'C:\\'],
])('%s, which was %s below its folder, moved with %s', (file, path, folder) => {
  expect(movedFolder(file, path)).toBe(folder);
});
