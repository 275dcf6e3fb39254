import { contract } from '../common/contract.ts';

/** Scheme and host of the page; the whole interface lives under it. */
export const APP_SCHEME = 'app';
export const APP_HOST = 'twinhead';
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;
export const APP_URL = `${APP_ORIGIN}/`;

/** Largest message of the page, in characters, 8 for any other value and 64 for what holds values. */
export const MAX_MESSAGE_SIZE = 16 * 1024 * 1024;
const VALUE_SIZE = 8;
const CONTAINER_SIZE = 64;
/** Longest id of a project. */
const MAX_SCOPE = 64;

/** Who sent a message, as far as it matters. */
export interface MessageSender {
  readonly isMainFrame: boolean;
  readonly origin: string;
}

/** Our own page in the window's main frame, and nobody else; a frame that is gone already is nobody. */
export function isOwnFrame(sender: MessageSender | null): boolean {
  return sender !== null && sender.isMainFrame && sender.origin === APP_ORIGIN;
}

export interface CallMessage {
  /** Id of the project that the call is about. */
  readonly scope: string | null;
  readonly name: string;
  readonly input: unknown;
}

/** The call that a message asks for: known by name and within the size; else null. */
export function readCallMessage(message: unknown): CallMessage | null {
  if (typeof message !== 'object' || message === null) return null;
  if (!('scope' in message) || !('name' in message) || !('input' in message)) return null;
  const { scope, name, input } = message;
  if (scope !== null && (typeof scope !== 'string' || scope.length > MAX_SCOPE)) return null;
  if (typeof name !== 'string' || !Object.hasOwn(contract, name) || !isWithin(input, MAX_MESSAGE_SIZE))
    return null;
  return { scope, name, input };
}

/**
 * Walks without recursion and stops at the limit, so that no message can make the check itself expensive. What is
 * reached by several ways counts each time: a circle, or a small tree that shares its branches, comes to the limit too.
 */
function isWithin(value: unknown, limit: number): boolean {
  const pending: unknown[] = [value];
  let size = 0;
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next === 'string') size += next.length;
    else if (ArrayBuffer.isView(next) || next instanceof ArrayBuffer) size += next.byteLength;
    else if (typeof next === 'object' && next !== null) {
      const children: unknown[] = Array.isArray(next) ? next : Object.values(next);
      size += CONTAINER_SIZE;
      if (!Array.isArray(next)) for (const key of Object.keys(next)) size += key.length;
      if (size + (pending.length + children.length) * VALUE_SIZE > limit) return false;
      for (const child of children) pending.push(child);
    } else size += VALUE_SIZE;
    if (size > limit) return false;
  }
  return true;
}

/** Pages that a window may go to: its own, and no other that a link or a script could name. */
export function isOwnPage(address: string): boolean {
  return address.startsWith(APP_URL);
}

/** Address of a page that opens the project of a folder as its first act; null: the start screen. */
export function pageOf(folder: string | null): string {
  return folder === null ? APP_URL : `${APP_URL}?${new URLSearchParams({ open: folder }).toString()}`;
}

/** Whether the page of an address shows the project, is about to, or shows none. */
export function whatShows(
  address: string,
  project: { readonly id: string; readonly folder: string },
): 'it' | 'another' | 'none' {
  const url = URL.parse(address);
  // Not loaded yet.
  if (url === null) return 'another';
  const { searchParams } = url;
  // The page puts the id there once it has opened the project: see renderer/state/page-address.ts.
  const shown = searchParams.get('project') ?? '';
  const opening = searchParams.get('open');
  if (shown === project.id || opening === project.folder) return 'it';
  return shown === '' && opening === null ? 'none' : 'another';
}

/** Addresses that the page may load: its own, and pictures that it made itself. Everything else is a network. */
export function isOwnAddress(address: string): boolean {
  return (
    address.startsWith(APP_URL) || address.startsWith(`blob:${APP_URL}`) || /^(data|devtools):/.test(address)
  );
}

export interface LaunchArguments {
  /** Arguments for the command line, where the app was started as one. */
  readonly command: readonly string[] | null;
  /** Project to open, where one was named. */
  readonly project: string | null;
}

/**
 * Reads what the app was started with: a command of the command line, or a project folder.
 *
 * @param argv the process's; an unpackaged app has its folder as a second one
 */
export function readLaunchArguments(
  argv: readonly string[],
  packaged: boolean,
  commandNames: readonly string[],
): LaunchArguments {
  // Switches of Chromium may stand before, put there by desktop files and wrappers.
  const rest = argv.slice(packaged ? 1 : 2);
  const start = rest.findIndex((argument) => !argument.startsWith('-'));
  const first = start < 0 ? undefined : rest[start];
  if (first !== undefined && commandNames.includes(first))
    return { command: rest.slice(start), project: null };
  if (first === undefined && rest.includes('--help')) return { command: ['--help'], project: null };
  return { command: null, project: first ?? null };
}

/** Arguments that start the app with a project, as {@link readLaunchArguments} reads them. @param argv the process's */
export function launchArguments(
  project: string | null,
  argv: readonly string[],
  packaged: boolean,
): readonly string[] {
  const own = packaged ? [] : argv.slice(1, 2);
  return project === null ? own : [...own, project];
}

/** What Electron is told to start. An AppImage unpacks its binary to where it is gone when the process ends. */
export function relaunchOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): { args: string[]; execPath?: string } {
  const image = environment['APPIMAGE'];
  return { args: [...args], ...(image === undefined ? {} : { execPath: image }) };
}
