/** The presets are labelImg's and CVAT's own keys where those tools have the command. */
export type KeyPreset = 'labelImg' | 'cvat';
export const KEY_PRESETS: readonly KeyPreset[] = ['labelImg', 'cvat'];

/** Keys of a command, in one preset or in all. */
export type CommandKeys = readonly string[] | Readonly<Record<KeyPreset, readonly string[]>>;
