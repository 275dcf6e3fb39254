import type { Convention } from './columns.ts';
import type { TextEncodingName } from './encodings.ts';
import type { ClassKind, Split } from './entities.ts';
import type { Rectangle } from './geometry.ts';
import type { Said, Sentence } from './sentences/sentence.ts';

/** What a labelled data set says of itself, apart from its images. */
export interface DatasetHead {
  /** Id of the format it was read from: "coco", "voc", "digit-scenes". */
  readonly format: string;
  /**
   * In the order of the source. A name occurs once for each kind; boxes and images refer to classes by name. Where a
   * format names classes only where they are used, the list is complete once the last image has been read.
   */
  readonly classes: readonly DatasetClass[];
  /** Fields of the source as a whole that have no place here, as plain JSON; complete with the last image. */
  readonly unknown: Unknown;
  /** How coordinates were counted, where the format has several ways; complete with the last image. */
  readonly convention?: ConventionFound | undefined;
  /** In which texts are that are not UTF-8 and don't say so, where it was found by evidence. */
  readonly encoding?: TextEncodingName | undefined;
}

/** By which convention coordinates were read, and what speaks for it. */
export interface ConventionFound {
  readonly used: Convention;
  /** Another one is not possible. */
  readonly sure: boolean;
  readonly why: Sentence;
}

/**
 * The neutral form of a labelled dataset, which readers give and writers take. Images come one after the other, so that
 * neither side needs all in memory; each sequence is read once.
 */
export interface Dataset extends DatasetHead {
  readonly images: AsyncIterable<DatasetImage> | Iterable<DatasetImage>;
}

/** Plain JSON of the source, kept so that a later export can write it back. Never has the key `__proto__`. */
export type Unknown = Readonly<Record<string, unknown>>;

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface DatasetClass {
  readonly kind: ClassKind;
  readonly name: string;
  /** The class's id in the source: not necessarily contiguous. null where the format has names only. */
  readonly sourceId: string | number | null;
  readonly unknown: Unknown;
}

export interface DatasetImage {
  /** As written in the source. */
  readonly path: string;
  /** Absolute path of the file that was found for it, or null. */
  readonly file: string | null;
  /** Pixels as stated by the source, or null. Trust the file, not these. */
  readonly width: number | null;
  readonly height: number | null;
  /** null where the source says nothing. */
  readonly split: Split | null;
  /** Images of one group stay in one split: a patient, a place, a day. Not given where the source says nothing. */
  readonly group?: string | null;
  readonly boxes: readonly DatasetBox[];
  /** Names of image classes. */
  readonly imageClasses: readonly string[];
  /** The source says that somebody looked at the image: without boxes it is then empty, not unseen. */
  readonly reviewed: boolean;
  /** Where the source says so: named by problems that are found later. */
  readonly origin?: { readonly file: string; readonly place?: Said };
  readonly unknown: Unknown;
}

export interface DatasetBox extends Rectangle {
  /** Name of an object class. */
  readonly className: string;
  /** Confidence where the source holds a model's detections. */
  readonly score: number | null;
  readonly attributes: Attributes;
  readonly unknown: Unknown;
}
