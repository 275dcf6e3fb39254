/** What the file of a video's frame says of it: all that is known of it, without the video. */
export interface Moment {
  /** Folder of the frames, named after the video's file. */
  readonly video: string;
  /** In the order in which frames are shown, from 0. */
  readonly frame: number;
  /** As in the file's own clock, to the millisecond. */
  readonly seconds: number;
}

/** Frames of one video are one group of the split; pages of one file too. */
const VIDEO_GROUP = 'video:';
const PAGES_GROUP = 'pages:';
/** The store sorts names by number, so this is for people and other programs only. */
const FRAME_DIGITS = 6;
export const LAST_FRAME = 99_999_999;
/** Characters of a part of a picture: with the rest of its call well below what the hosts take. */
export const LONGEST_PART = 8 * 1024 * 1024;
/** A thousand hours. */
export const LONGEST_SECONDS = 3_600_000;

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');

/** `00:01:04.100`, with another sign between the parts where a file's name can't have colons. */
export function clockTime(seconds: number, separator = ':'): string {
  const milliseconds = Math.round(seconds * 1000);
  const whole = Math.floor(milliseconds / 1000);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return `${parts.map((part) => pad(part, 2)).join(separator)}.${pad(milliseconds % 1000, 3)}`;
}

/** `frame-000123_00-00-04.100.png`: number and time of a frame in the name of its file. */
export function frameFileName(frame: number, seconds: number): string {
  return `frame-${pad(frame, FRAME_DIGITS)}_${clockTime(seconds, '-')}.png`;
}

/** Number and time in such a name; null for any other. */
export function readFrameFileName(name: string): Omit<Moment, 'video'> | null {
  const match = /^frame-(\d{6,8})_(\d{2,4})-(\d{2})-(\d{2})\.(\d{3})\.png$/.exec(name);
  if (match === null) return null;
  const [frame = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0] = match.slice(1).map(Number);
  return { frame, seconds: hours * 3600 + minutes * 60 + seconds + milliseconds / 1000 };
}

export function videoGroup(folder: string): string {
  return VIDEO_GROUP + folder;
}

export function pagesGroup(folder: string): string {
  return PAGES_GROUP + folder;
}

/** What the images of a group have in common, and its name without that. */
export function groupOf(group: string): { kind: 'video' | 'pages' | 'group'; name: string } {
  if (group.startsWith(VIDEO_GROUP)) return { kind: 'video', name: group.slice(VIDEO_GROUP.length) };
  if (group.startsWith(PAGES_GROUP)) return { kind: 'pages', name: group.slice(PAGES_GROUP.length) };
  return { kind: 'group', name: group };
}

/** Which moment of which video an image is; null for one that is no frame. */
export function momentOf(image: { readonly group: string | null; readonly fileName: string }): Moment | null {
  if (image.group?.startsWith(VIDEO_GROUP) !== true) return null;
  const moment = readFrameFileName(image.fileName);
  return moment === null ? null : { video: image.group.slice(VIDEO_GROUP.length), ...moment };
}

const LONGEST_NAME = 100;

/** A folder's name after a file's that every system can have: no separators, signs of shells, blanks at the ends. */
export function folderNameFor(fileName: string): string {
  const cleaned = fileName
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}<>:"/\\|?*]/gu, '_')
    .slice(0, LONGEST_NAME)
    .replace(/^[\s.]+|[\s.]+$/gu, '');
  // Names of devices on Windows, with any extension.
  if (cleaned === '' || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(cleaned)) return `video_${cleaned}`;
  return cleaned;
}
