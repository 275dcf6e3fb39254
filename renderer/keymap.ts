import { COMMAND_IDS, COMMANDS } from './commands.ts';
import type { CommandId } from './commands.ts';
import type { KeyPreset } from './key-presets.ts';
import { keysCollide } from './key-bindings.ts';

/** Keys that a person has chosen; an empty list takes the command's keys away. */
export type OwnKeys = Readonly<Partial<Record<CommandId, readonly string[]>>>;

export interface Keymap {
  readonly preset: KeyPreset;
  readonly own: OwnKeys;
}

function presetKeys(id: CommandId, preset: KeyPreset): readonly string[] {
  const { keys } = COMMANDS[id];
  return 'labelImg' in keys ? keys[preset] : keys;
}

export function keysOf(id: CommandId, { preset, own }: Keymap): readonly string[] {
  return own[id] ?? presetKeys(id, preset);
}

function shareKeys(a: CommandId, b: CommandId): boolean {
  return (COMMANDS[a].yieldsTo?.includes(b) ?? false) || (COMMANDS[b].yieldsTo?.includes(a) ?? false);
}

/** The commands that have these keys already, or ones that begin with them, and would no longer get them. */
export function conflictsOf(id: CommandId, keys: string, keymap: Keymap): CommandId[] {
  return COMMAND_IDS.filter(
    (other) =>
      other !== id &&
      !shareKeys(id, other) &&
      keysOf(other, keymap).some((taken) => keysCollide(keys, taken) || keysCollide(taken, keys)),
  );
}

export interface KeyClash {
  readonly keys: string;
  /** Two or more, in the order of the registry. */
  readonly commands: readonly CommandId[];
}

/**
 * Keys that several commands have, of which one alone would get them. A key is never given so; it comes of going back
 * to a preset for one command whose key another has taken, or of another preset beneath one's own keys.
 */
export function clashesOf(keymap: Keymap): KeyClash[] {
  const seen = new Set<string>();
  const clashes: KeyClash[] = [];
  for (const id of COMMAND_IDS) {
    for (const keys of keysOf(id, keymap)) {
      const others = conflictsOf(id, keys, keymap);
      const commands = COMMAND_IDS.filter((one) => one === id || others.includes(one));
      if (others.length === 0 || seen.has(commands.join())) continue;
      seen.add(commands.join());
      clashes.push({ keys, commands });
    }
  }
  return clashes;
}

/** Gives a command one key, and takes it from the commands that had it. */
export function withOwnKey(id: CommandId, keys: string, keymap: Keymap): OwnKeys {
  const taken = conflictsOf(id, keys, keymap).map((other): [CommandId, readonly string[]] => [
    other,
    keysOf(other, keymap).filter((k) => !keysCollide(keys, k) && !keysCollide(k, keys)),
  ]);
  return { ...keymap.own, ...Object.fromEntries(taken), [id]: [keys] };
}

/** Chooses among commands of one key: the available one to which the other available ones yield. */
export function chooseCommand(
  ids: readonly CommandId[],
  available: (id: CommandId) => boolean,
): CommandId | null {
  const possible = ids.filter(available);
  return possible.find((id) => !possible.some((other) => COMMANDS[id].yieldsTo?.includes(other))) ?? null;
}

/** What is left of stored keys that are commands and keys of this version. */
export function readOwnKeys(stored: unknown): OwnKeys {
  if (typeof stored !== 'object' || stored === null) return {};
  return Object.fromEntries(
    Object.entries(stored).filter(
      ([id, keys]) =>
        Object.hasOwn(COMMANDS, id) &&
        Array.isArray(keys) &&
        keys.every((k) => typeof k === 'string' && k !== ''),
    ),
  );
}
