import { TOOLS } from './editor/tools/index.ts';
import type { ToolCommand } from './editor/tools/index.ts';
import type { MessageKey } from './i18n/types.ts';
import type { CommandKeys, KeyPreset } from './key-presets.ts';

export type CommandGroup = 'app' | 'images' | 'boxes' | 'classes' | 'view';
export const COMMAND_GROUPS: readonly CommandGroup[] = ['images', 'boxes', 'classes', 'view', 'app'];

/**
 * One thing that a person can do, known to keys, menus, tooltips, palette and key sheet alike. Keys are written as
 * key-bindings.ts describes.
 */
export interface CommandDefinition {
  readonly title: MessageKey;
  /** What people also call it: the palette finds it by this, too. */
  readonly alias?: MessageKey;
  readonly group: CommandGroup;
  readonly keys: CommandKeys;
  /** When its keys mean it, where they mean something else otherwise. */
  readonly where?: MessageKey;
  /** Shares keys with these commands, and runs only where they are not available. */
  readonly yieldsTo?: readonly string[];
  /** Takes work back or throws it away: the palette runs it only where it was written for. */
  readonly guarded?: boolean;
  /** Works while the cursor is in a text field or a dialog is open. */
  readonly everywhere?: boolean;
  /** Repeats while the key is held. */
  readonly repeats?: boolean;
  /** Runs when the key is let go, since holding it means something else (Space held pans). */
  readonly onRelease?: boolean;
}

const perPreset = (
  labelImg: readonly string[],
  cvat: readonly string[],
): Record<KeyPreset, readonly string[]> => ({
  labelImg,
  cvat,
});

const toolCommands = Object.fromEntries(
  TOOLS.map(({ command, keys }): [ToolCommand, CommandDefinition] => [
    command,
    { title: `command.${command}`, group: 'boxes', keys },
  ]),
) as Readonly<Record<ToolCommand, CommandDefinition>>;

const definitions = {
  'image.next': {
    title: 'command.image.next',
    group: 'images',
    keys: perPreset(['d'], ['f', 'ArrowRight']),
    yieldsTo: ['box.right'],
    repeats: true,
  },
  'image.previous': {
    title: 'command.image.previous',
    group: 'images',
    keys: perPreset(['a'], ['d', 'ArrowLeft']),
    yieldsTo: ['box.left'],
    repeats: true,
  },
  'image.forward': {
    title: 'command.image.forward',
    group: 'images',
    keys: perPreset(['PageDown'], ['v', 'PageDown']),
    repeats: true,
  },
  'image.back': {
    title: 'command.image.back',
    group: 'images',
    keys: perPreset(['PageUp'], ['c', 'PageUp']),
    repeats: true,
  },
  'image.nextUnseen': { title: 'command.image.nextUnseen', group: 'images', keys: ['u'] },
  'image.verifyNext': {
    title: 'command.image.verifyNext',
    group: 'images',
    keys: ['Space', '$mod+Enter'],
    onRelease: true,
  },
  'image.markEmpty': { title: 'command.image.markEmpty', group: 'images', keys: ['e'], guarded: true },
  'image.flag': { title: 'command.image.flag', group: 'images', keys: ['b'] },
  'image.splitTrain': { title: 'command.image.splitTrain', group: 'images', keys: [] },
  'image.splitVal': { title: 'command.image.splitVal', group: 'images', keys: [] },
  'image.splitTest': { title: 'command.image.splitTest', group: 'images', keys: [] },
  'image.splitNone': { title: 'command.image.splitNone', group: 'images', keys: [] },
  'image.jump': { title: 'command.image.jump', group: 'images', keys: perPreset(['g'], ['`', '~', 'g']) },
  'image.filter': {
    title: 'command.image.filter',
    group: 'images',
    keys: perPreset(['/', 'F3'], ['/', 'F3', '$mod+f']),
  },

  ...toolCommands,
  'box.keepDrawing': { title: 'command.box.keepDrawing', group: 'boxes', keys: [] },
  'box.place': { title: 'command.box.place', group: 'boxes', keys: perPreset(['Shift+w'], ['Alt+n']) },
  'box.redraw': { title: 'command.box.redraw', group: 'boxes', keys: perPreset(['r'], ['Shift+n']) },
  'box.cycle': { title: 'command.box.cycle', group: 'boxes', keys: ['Tab'], repeats: true },
  'box.cycleBack': { title: 'command.box.cycleBack', group: 'boxes', keys: ['Shift+Tab'], repeats: true },
  'box.selectAll': {
    title: 'command.box.selectAll',
    group: 'boxes',
    keys: ['$mod+a'],
    yieldsTo: ['box.showAll'],
  },
  'box.delete': { title: 'command.box.delete', group: 'boxes', keys: ['Delete'], guarded: true },
  'box.deleteLocked': {
    title: 'command.box.deleteLocked',
    group: 'boxes',
    keys: ['Shift+Delete'],
    guarded: true,
  },
  'box.duplicate': {
    title: 'command.box.duplicate',
    group: 'boxes',
    keys: perPreset(['$mod+d'], ['$mod+Shift+d']),
  },
  'box.copy': { title: 'command.box.copy', group: 'boxes', keys: ['$mod+c'] },
  'box.paste': { title: 'command.box.paste', group: 'boxes', keys: ['$mod+v'] },
  'box.copyPrevious': {
    title: 'command.box.copyPrevious',
    group: 'boxes',
    keys: perPreset(['$mod+Shift+v', '$mod+v'], ['$mod+Shift+v']),
    yieldsTo: ['box.paste'],
  },
  'box.propagate': { title: 'command.box.propagate', group: 'boxes', keys: ['$mod+b'] },
  'box.left': { title: 'command.box.left', group: 'boxes', keys: ['ArrowLeft'], repeats: true },
  'box.right': { title: 'command.box.right', group: 'boxes', keys: ['ArrowRight'], repeats: true },
  'box.up': { title: 'command.box.up', group: 'boxes', keys: ['ArrowUp'], repeats: true },
  'box.down': { title: 'command.box.down', group: 'boxes', keys: ['ArrowDown'], repeats: true },
  'box.farLeft': { title: 'command.box.farLeft', group: 'boxes', keys: ['Shift+ArrowLeft'], repeats: true },
  'box.farRight': {
    title: 'command.box.farRight',
    group: 'boxes',
    keys: ['Shift+ArrowRight'],
    repeats: true,
  },
  'box.farUp': { title: 'command.box.farUp', group: 'boxes', keys: ['Shift+ArrowUp'], repeats: true },
  'box.farDown': { title: 'command.box.farDown', group: 'boxes', keys: ['Shift+ArrowDown'], repeats: true },
  'box.narrower': {
    title: 'command.box.narrower',
    group: 'boxes',
    keys: ['$mod+ArrowLeft'],
    repeats: true,
  },
  'box.wider': { title: 'command.box.wider', group: 'boxes', keys: ['$mod+ArrowRight'], repeats: true },
  'box.shorter': { title: 'command.box.shorter', group: 'boxes', keys: ['$mod+ArrowUp'], repeats: true },
  'box.taller': { title: 'command.box.taller', group: 'boxes', keys: ['$mod+ArrowDown'], repeats: true },
  'box.farNarrower': {
    title: 'command.box.farNarrower',
    group: 'boxes',
    keys: ['$mod+Shift+ArrowLeft'],
    repeats: true,
  },
  'box.farWider': {
    title: 'command.box.farWider',
    group: 'boxes',
    keys: ['$mod+Shift+ArrowRight'],
    repeats: true,
  },
  'box.farShorter': {
    title: 'command.box.farShorter',
    group: 'boxes',
    keys: ['$mod+Shift+ArrowUp'],
    repeats: true,
  },
  'box.farTaller': {
    title: 'command.box.farTaller',
    group: 'boxes',
    keys: ['$mod+Shift+ArrowDown'],
    repeats: true,
  },
  'box.hide': { title: 'command.box.hide', group: 'boxes', keys: perPreset(['h', '$mod+h'], ['t h']) },
  'box.hideSelected': {
    title: 'command.box.hideSelected',
    group: 'boxes',
    keys: perPreset(['Shift+h'], ['h']),
  },
  'box.showAll': { title: 'command.box.showAll', group: 'boxes', keys: perPreset(['$mod+a'], []) },
  'box.lock': { title: 'command.box.lock', group: 'boxes', keys: ['l'] },
  'box.lockAll': { title: 'command.box.lockAll', group: 'boxes', keys: perPreset(['Shift+l'], ['t l']) },
  'edit.undo': {
    title: 'command.edit.undo',
    group: 'boxes',
    keys: ['$mod+z'],
    repeats: true,
    guarded: true,
  },
  'edit.redo': {
    title: 'command.edit.redo',
    group: 'boxes',
    keys: ['$mod+Shift+z', '$mod+y'],
    repeats: true,
  },

  'assist.toggle': { title: 'command.assist.toggle', group: 'images', keys: ['Shift+a'] },
  'assist.pause': { title: 'command.assist.pause', group: 'images', keys: [] },
  'suggestion.accept': {
    title: 'command.suggestion.accept',
    where: 'keys.where.suggestion',
    group: 'boxes',
    keys: ['Enter'],
    repeats: true,
  },
  'found.correct': {
    title: 'command.found.correct',
    where: 'keys.where.found',
    group: 'boxes',
    keys: ['Enter'],
    yieldsTo: ['suggestion.accept'],
  },
  'suggestion.acceptSure': {
    title: 'command.suggestion.acceptSure',
    group: 'boxes',
    keys: ['Shift+Enter'],
  },
  'suggestion.reject': {
    title: 'command.suggestion.reject',
    group: 'boxes',
    keys: ['Backspace'],
    repeats: true,
    guarded: true,
  },
  'suggestion.next': { title: 'command.suggestion.next', group: 'boxes', keys: [']'], repeats: true },
  'suggestion.previous': {
    title: 'command.suggestion.previous',
    group: 'boxes',
    keys: ['['],
    repeats: true,
  },

  'class.create': {
    title: 'command.class.create',
    where: 'keys.where.noBox',
    group: 'classes',
    keys: ['k'],
    yieldsTo: ['class.choose'],
  },
  'class.choose': {
    title: 'command.class.choose',
    where: 'keys.where.box',
    group: 'classes',
    keys: perPreset(['k', '$mod+e'], ['k', 'Shift+c']),
  },
  'class.guide': { title: 'command.class.guide', group: 'classes', keys: ['Shift+k'] },
  'class.addExample': { title: 'command.class.addExample', group: 'classes', keys: [] },

  'view.zoomIn': {
    title: 'command.view.zoomIn',
    group: 'view',
    keys: perPreset(['+', '=', '$mod++'], ['+', '=']),
    repeats: true,
  },
  'view.zoomOut': {
    title: 'command.view.zoomOut',
    group: 'view',
    keys: perPreset(['-', '$mod+-'], ['-']),
    repeats: true,
  },
  'view.fit': { title: 'command.view.fit', group: 'view', keys: perPreset(['z', '$mod+f'], ['z', '$mod+0']) },
  'view.fitWidth': {
    title: 'command.view.fitWidth',
    group: 'view',
    keys: perPreset(['$mod+Shift+f'], ['Shift+f']),
  },
  'view.actualSize': {
    title: 'command.view.actualSize',
    group: 'view',
    keys: perPreset(['Shift+z', '$mod+='], ['Shift+z']),
  },
  'view.keepView': { title: 'command.view.keepView', group: 'view', keys: [] },
  'view.nextPane': { title: 'command.view.nextPane', group: 'view', keys: ['F6'], everywhere: true },
  'view.crosshair': { title: 'command.view.crosshair', group: 'view', keys: ['x'] },
  'view.pixelGrid': { title: 'command.view.pixelGrid', group: 'view', keys: ['Shift+x'] },
  'view.snap': { title: 'command.view.snap', group: 'view', keys: ['Shift+s'] },
  'view.tags': {
    title: 'command.view.tags',
    group: 'view',
    keys: perPreset(['$mod+Shift+p'], ['Shift+t']),
  },
  'view.aids': { title: 'command.view.aids', group: 'view', keys: ['i'] },
  'view.brighter': { title: 'command.view.brighter', group: 'view', keys: ['Alt+ArrowUp'], repeats: true },
  'view.darker': { title: 'command.view.darker', group: 'view', keys: ['Alt+ArrowDown'], repeats: true },
  'view.moreContrast': {
    title: 'command.view.moreContrast',
    group: 'view',
    keys: ['Alt+Shift+ArrowUp'],
    repeats: true,
  },
  'view.lessContrast': {
    title: 'command.view.lessContrast',
    group: 'view',
    keys: ['Alt+Shift+ArrowDown'],
    repeats: true,
  },
  'view.resetAids': { title: 'command.view.resetAids', group: 'view', keys: ['Alt+0'] },

  'app.palette': { title: 'command.app.palette', group: 'app', keys: ['$mod+k'], everywhere: true },
  'app.help': { title: 'command.app.help', group: 'app', keys: ['F1'] },
  'app.keys': { title: 'command.app.keys', group: 'app', keys: ['?'] },
  'app.save': { title: 'command.app.save', group: 'app', keys: ['$mod+s'], everywhere: true },
  'app.cancel': { title: 'command.app.cancel', group: 'app', keys: ['Escape'] },
  'app.label': { title: 'command.app.label', group: 'app', keys: ['Alt+1'] },
  'app.dataset': { title: 'command.app.dataset', group: 'app', keys: ['Alt+2'] },
  'app.train': { title: 'command.app.train', group: 'app', keys: ['Alt+3'] },
  'app.evaluate': { title: 'command.app.evaluate', group: 'app', keys: ['Alt+4'] },
  'app.models': { title: 'command.app.models', group: 'app', keys: ['Alt+5'] },
  'app.theme': { title: 'command.app.theme', group: 'app', keys: [] },
  'app.language': { title: 'command.app.language', group: 'app', keys: [] },
  'app.settings': {
    title: 'command.app.settings',
    group: 'app',
    keys: perPreset(['$mod+,'], ['$mod+,', 'F2']),
  },
  'app.newWindow': { title: 'command.app.newWindow', group: 'app', keys: [] },
  'app.doctor': { title: 'command.app.doctor', group: 'app', keys: [] },
  'project.addFolder': {
    title: 'command.project.addFolder',
    alias: 'command.project.addFolder.alias',
    group: 'app',
    keys: perPreset(['$mod+u'], []),
  },
  'project.addVideo': { title: 'command.project.addVideo', group: 'app', keys: [] },
  'project.import': { title: 'command.project.import', group: 'app', keys: [] },
  'project.export': { title: 'command.project.export', group: 'app', keys: [] },
  'project.pack': { title: 'command.project.pack', group: 'app', keys: [] },
  'project.suggestions': { title: 'command.project.suggestions', group: 'app', keys: [] },
  'project.splits': { title: 'command.project.splits', group: 'app', keys: [] },
  'project.undo': { title: 'command.project.undo', group: 'app', keys: [], guarded: true },
  'project.redo': { title: 'command.project.redo', group: 'app', keys: [], guarded: true },
  'project.close': { title: 'command.project.close', group: 'app', keys: [], guarded: true },
} as const satisfies Record<string, CommandDefinition>;

export type CommandId = keyof typeof definitions;
export const COMMANDS: Readonly<Record<CommandId, CommandDefinition>> = definitions;
export const COMMAND_IDS = Object.keys(definitions) as CommandId[];
