import { say } from '../common/sentences/sentence.ts';
import type { Said, Sentence } from '../common/sentences/sentence.ts';

/** Formats of pictures, told by their first bytes: the name of a file proves nothing. */
export const IMAGE_FORMATS = ['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif', 'bmp', 'heic'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

const EXTENSIONS: Readonly<Record<ImageFormat, readonly string[]>> = {
  jpeg: ['.jpg', '.jpeg', '.jpe', '.jfif'],
  png: ['.png'],
  webp: ['.webp'],
  avif: ['.avif'],
  tiff: ['.tif', '.tiff'],
  gif: ['.gif'],
  bmp: ['.bmp', '.dib'],
  heic: ['.heic', '.heif', '.hif'],
};

const FORMAT_OF_EXTENSION = new Map(
  IMAGE_FORMATS.flatMap((format) => EXTENSIONS[format].map((extension) => [extension, format] as const)),
);

/** How many bytes of a file {@link recognise} wants to see. */
export const HEAD_BYTES = 64;

export type Recognised =
  | { readonly format: ImageFormat }
  /** Known, but not read by the product: a name for people, or null where the bytes say nothing. */
  | { readonly format: null; readonly name: Said | null };

const ascii = (head: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...head.subarray(from, to));

function startsWith(head: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => head[index] === byte);
}

/** HEIF family: the major brand and the compatible ones say what is inside. */
function recogniseBoxed(head: Uint8Array): Recognised {
  const brands = ascii(head, 8, HEAD_BYTES);
  if (/avi[fs]/.test(brands)) return { format: 'avif' };
  if (/hei[cxms]|hev[cx]|mif1/.test(brands)) return { format: 'heic' };
  return { format: null, name: say('images.video') };
}

/** Raw pictures of cameras are TIFF files by their first bytes. */
const CAMERA_RAW = /^\.(dng|cr2|nef|nrw|arw|srw|pef|orf|rw2|raw)$/;

/**
 * @param head the first {@link HEAD_BYTES} bytes, or fewer where the file is shorter
 * @param file its name, for what the bytes leave open
 */
export function recognise(head: Uint8Array, file = ''): Recognised {
  const recognised = recogniseContent(head);
  if (recognised.format !== 'tiff' && recognised.format !== null) return recognised;
  return CAMERA_RAW.test(extensionOf(file)) ? { format: null, name: say('images.cameraRaw') } : recognised;
}

function recogniseContent(head: Uint8Array): Recognised {
  if (startsWith(head, [0xff, 0xd8, 0xff])) return { format: 'jpeg' };
  if (startsWith(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return { format: 'png' };
  if (ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP') return { format: 'webp' };
  if (/^GIF8[79]a$/.test(ascii(head, 0, 6))) return { format: 'gif' };
  if (startsWith(head, [0x49, 0x49, 0x2a, 0]) || startsWith(head, [0x4d, 0x4d, 0, 0x2a]))
    return { format: 'tiff' };
  // BigTIFF
  if (startsWith(head, [0x49, 0x49, 0x2b, 0]) || startsWith(head, [0x4d, 0x4d, 0, 0x2b]))
    return { format: 'tiff' };
  if (ascii(head, 0, 2) === 'BM') return { format: 'bmp' };
  if (ascii(head, 4, 8) === 'ftyp') return recogniseBoxed(head);
  if (startsWith(head, [0xff, 0x0a]) || ascii(head, 4, 8) === 'JXL ')
    return { format: null, name: 'JPEG XL' };
  if (ascii(head, 4, 8) === 'jP  ') return { format: null, name: 'JPEG 2000' };
  if (startsWith(head, [0xff, 0x4f, 0xff, 0x51])) return { format: null, name: 'JPEG 2000' };
  if (/^P[1-7]\s/.test(ascii(head, 0, 3))) return { format: null, name: 'PPM' };
  if (ascii(head, 0, 4) === '8BPS') return { format: null, name: 'Photoshop' };
  if (ascii(head, 0, 4) === '%PDF') return { format: null, name: 'PDF' };
  if (/^(\u00ef\u00bb\u00bf)?\s*<(\?xml|svg|!DOCTYPE svg|!--)/i.test(ascii(head, 0, HEAD_BYTES)))
    return { format: null, name: say('images.svgOrXml') };
  return { format: null, name: null };
}

/** Lower case, with its dot; empty where there is none. */
export function extensionOf(file: string): string {
  const name = baseName(file);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot).toLowerCase() : '';
}

/** Whether a file's name, in any case, says that it is a picture. */
export function hasImageExtension(file: string): boolean {
  return FORMAT_OF_EXTENSION.has(extensionOf(file));
}

/** Files that lie beside pictures and that nobody takes for some: labels, texts, programs, what systems leave. */
const BESIDE =
  /^\.(txt|md|rst|json|jsonl|ndjson|xml|csv|tsv|ya?ml|toml|names|data|cfg|ini|conf|log|html?|css|js|ts|py|ipynb|sh|bat|lnk|url|db|sqlite|lock|npy|npz|pkl|pt|pth|onnx|h5|hdf5|parquet|tfrecord|record|zip|tar|gz|tgz|7z|rar|docx?|xlsx?|pptx?|tmp|part|bak|aae|xmp|thm|wav|mp3|m4a|aac)$/;

/** Whether a file's name says that it is no picture, and not meant as one. */
export function isBesidePictures(file: string): boolean {
  return (
    BESIDE.test(extensionOf(file)) ||
    /^(readme|licen[cs]e|makefile|desktop\.ini|thumbs\.db)/i.test(baseName(file))
  );
}

const baseName = (file: string): string =>
  file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);

/** Whether a file's name says that it is a video. */
export function hasVideoExtension(file: string): boolean {
  return /^\.(mp4|m4v|mov|webm|mkv|avi|wmv|mpe?g|m2?ts)$/.test(extensionOf(file));
}

/** A word where the name says another format than the content, else null. The content counts. */
export function extensionNote(file: string, image: ImageFormat): Sentence | null {
  const extension = extensionOf(file);
  if (FORMAT_OF_EXTENSION.get(extension) === image) return null;
  const format = image.toUpperCase();
  return extension === '' ? say('images.unnamed', { format }) : say('images.named', { extension, format });
}
