import type { MessageKey } from './i18n/types.ts';

export type KeyPreset = 'labelImg' | 'cvat';
export const KEY_PRESETS: readonly KeyPreset[] = ['labelImg', 'cvat'];

export type CommandGroup = 'app' | 'images' | 'boxes' | 'classes' | 'view';
export const COMMAND_GROUPS: readonly CommandGroup[] = ['images', 'boxes', 'classes', 'view', 'app'];

/**
 * One thing that a person can do, known to keys, tooltips, palette and key sheet alike. Keys are written as
 * tinykeys writes them: `$mod` is Ctrl, on a Mac ⌘; a modifier in brackets may be held or not.
 */
export interface CommandDefinition {
  readonly title: MessageKey;
  readonly group: CommandGroup;
  readonly keys: readonly string[] | Readonly<Record<KeyPreset, readonly string[]>>;
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

const definitions = {
  'image.next': {
    title: 'command.image.next',
    group: 'images',
    keys: perPreset(['d'], ['f']),
    repeats: true,
  },
  'image.previous': {
    title: 'command.image.previous',
    group: 'images',
    keys: perPreset(['a'], ['d']),
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
  'image.markEmpty': { title: 'command.image.markEmpty', group: 'images', keys: ['e'] },
  'image.flag': { title: 'command.image.flag', group: 'images', keys: ['b'] },
  'image.jump': { title: 'command.image.jump', group: 'images', keys: ['g'] },
  'image.filter': { title: 'command.image.filter', group: 'images', keys: ['/', '$mod+f'] },

  'box.draw': { title: 'command.box.draw', group: 'boxes', keys: perPreset(['w'], ['n']) },
  'box.cycle': { title: 'command.box.cycle', group: 'boxes', keys: ['Tab'], repeats: true },
  'box.cycleBack': { title: 'command.box.cycleBack', group: 'boxes', keys: ['Shift+Tab'], repeats: true },
  'box.selectAll': { title: 'command.box.selectAll', group: 'boxes', keys: ['$mod+a'] },
  'box.delete': { title: 'command.box.delete', group: 'boxes', keys: ['Delete'] },
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
    keys: perPreset(['$mod+Shift+v'], ['$mod+b']),
  },
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
  'box.hide': { title: 'command.box.hide', group: 'boxes', keys: ['h'] },
  'edit.undo': { title: 'command.edit.undo', group: 'boxes', keys: ['$mod+z'], repeats: true },
  'edit.redo': {
    title: 'command.edit.redo',
    group: 'boxes',
    keys: ['$mod+Shift+z', '$mod+y'],
    repeats: true,
  },

  'suggestion.accept': { title: 'command.suggestion.accept', group: 'boxes', keys: ['Enter'], repeats: true },
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
  },
  'suggestion.next': {
    title: 'command.suggestion.next',
    group: 'boxes',
    keys: ['BracketRight'],
    repeats: true,
  },
  'suggestion.previous': {
    title: 'command.suggestion.previous',
    group: 'boxes',
    keys: ['BracketLeft'],
    repeats: true,
  },

  'class.create': { title: 'command.class.create', group: 'classes', keys: ['k'] },

  'view.zoomIn': {
    title: 'command.view.zoomIn',
    group: 'view',
    keys: ['[Shift]+Equal', 'NumpadAdd'],
    repeats: true,
  },
  'view.zoomOut': {
    title: 'command.view.zoomOut',
    group: 'view',
    keys: ['Minus', 'NumpadSubtract'],
    repeats: true,
  },
  'view.fit': { title: 'command.view.fit', group: 'view', keys: ['z', '$mod+0'] },
  'view.actualSize': { title: 'command.view.actualSize', group: 'view', keys: ['Shift+Z'] },
  'view.nextPane': { title: 'command.view.nextPane', group: 'view', keys: ['F6'], everywhere: true },
  'view.crosshair': { title: 'command.view.crosshair', group: 'view', keys: ['x'] },

  'app.palette': { title: 'command.app.palette', group: 'app', keys: ['$mod+k'], everywhere: true },
  'app.keys': { title: 'command.app.keys', group: 'app', keys: ['[Shift]+?'] },
  'app.cancel': { title: 'command.app.cancel', group: 'app', keys: ['Escape'] },
  'app.label': { title: 'command.app.label', group: 'app', keys: ['Alt+1'] },
  'app.dataset': { title: 'command.app.dataset', group: 'app', keys: ['Alt+2'] },
  'app.train': { title: 'command.app.train', group: 'app', keys: ['Alt+3'] },
  'app.evaluate': { title: 'command.app.evaluate', group: 'app', keys: ['Alt+4'] },
  'app.models': { title: 'command.app.models', group: 'app', keys: ['Alt+5'] },
  'app.theme': { title: 'command.app.theme', group: 'app', keys: [] },
  'app.language': { title: 'command.app.language', group: 'app', keys: [] },
  'app.settings': { title: 'command.app.settings', group: 'app', keys: ['$mod+Comma'] },
  'app.doctor': { title: 'command.app.doctor', group: 'app', keys: [] },
  'project.addFolder': { title: 'command.project.addFolder', group: 'app', keys: [] },
  'project.import': { title: 'command.project.import', group: 'app', keys: [] },
  'project.undo': { title: 'command.project.undo', group: 'app', keys: [] },
  'project.redo': { title: 'command.project.redo', group: 'app', keys: [] },
  'project.close': { title: 'command.project.close', group: 'app', keys: [] },
} as const satisfies Record<string, CommandDefinition>;

export type CommandId = keyof typeof definitions;
export const COMMANDS: Readonly<Record<CommandId, CommandDefinition>> = definitions;
export const COMMAND_IDS = Object.keys(definitions) as CommandId[];

export function keysOf(id: CommandId, preset: KeyPreset): readonly string[] {
  const { keys } = COMMANDS[id];
  return 'labelImg' in keys ? keys[preset] : keys;
}

export interface CommandHandler {
  run(): void;
  /** False where the command makes no sense at the moment. */
  when?(): boolean;
}
export type CommandHandlers = Partial<Record<CommandId, CommandHandler | (() => void)>>;

/** Who does what at the moment: the view that is open provides the handlers of its commands. */
export class CommandRegistry {
  readonly #handlers = new Map<CommandId, CommandHandler[]>();

  /** Returns the function that takes the handlers away again. The newest provider of a command is the one asked. */
  provide(handlers: CommandHandlers): () => void {
    const entries = Object.entries(handlers).map(([id, handler]): [CommandId, CommandHandler] => [
      id as CommandId,
      typeof handler === 'function' ? { run: handler } : handler,
    ]);
    for (const [id, handler] of entries) {
      const stack = this.#handlers.get(id);
      if (stack) stack.push(handler);
      else this.#handlers.set(id, [handler]);
    }
    return () => {
      for (const [id, handler] of entries) {
        const stack = this.#handlers.get(id)?.filter((other) => other !== handler) ?? [];
        if (stack.length > 0) this.#handlers.set(id, stack);
        else this.#handlers.delete(id);
      }
    };
  }

  available(id: CommandId): boolean {
    const handler = this.#handlers.get(id)?.at(-1);
    return handler !== undefined && (handler.when?.() ?? true);
  }

  /** Runs the command; false where it isn't available. */
  run(id: CommandId): boolean {
    if (!this.available(id)) return false;
    this.#handlers.get(id)?.at(-1)?.run();
    return true;
  }
}
