import type { MenuItemConstructorOptions } from 'electron';
import { sentenceText } from '../common/sentences/index.ts';
import { say } from '../common/sentences/sentence.ts';
import type { Language } from '../common/sentences/languages.ts';

const EDIT = ['undo', 'redo', null, 'cut', 'copy', 'paste', 'delete', null, 'selectAll'] as const;
const VIEW = ['zoomIn', 'zoomOut', 'resetZoom', null, 'togglefullscreen', 'toggleDevTools'] as const;
const WINDOW = ['minimize', 'zoom', 'close'] as const;
const APP = ['about', null, 'services', null, 'hide', 'hideOthers', 'unhide', null, 'quit'] as const;

/** null: a line between groups. */
type Entry = 'close' | 'quit' | (typeof EDIT | typeof VIEW | typeof WINDOW | typeof APP)[number];

/**
 * The system's own menus, from roles, so that copying, closing and quitting work as everywhere; left to themselves,
 * roles are named in English. Commands of the interface are in the interface, from its one registry.
 */
export function menuTemplate(
  platform: NodeJS.Platform,
  language: Language,
  openWindow: () => void,
): MenuItemConstructorOptions[] {
  const word = (name: Exclude<Entry, null> | 'newWindow' | 'file' | 'edit' | 'view' | 'window'): string =>
    sentenceText(say(`desktop.menu.${name}`), language);
  const items = (roles: readonly Entry[]): MenuItemConstructorOptions[] =>
    roles.map((role) => (role === null ? { type: 'separator' } : { role, label: word(role) }));
  const file: MenuItemConstructorOptions[] = [
    { label: word('newWindow'), accelerator: 'CmdOrCtrl+Shift+N', click: openWindow },
    ...items(platform === 'darwin' ? [null, 'close'] : [null, 'close', 'quit']),
  ];
  const common: MenuItemConstructorOptions[] = [
    { role: 'fileMenu', label: word('file'), submenu: file },
    { role: 'editMenu', label: word('edit'), submenu: items(EDIT) },
    { label: word('view'), submenu: items(VIEW) },
    { role: 'windowMenu', label: word('window'), submenu: items(WINDOW) },
  ];
  if (platform !== 'darwin') return common;
  return [{ role: 'appMenu', label: 'Twinhead', submenu: items(APP) }, ...common];
}
