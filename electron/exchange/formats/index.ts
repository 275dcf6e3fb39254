import type { DatasetFormat } from '../format.ts';
import { coco } from './coco/index.ts';
import { createml } from './createml/index.ts';
import { csv } from './csv/index.ts';
import { cvat } from './cvat/index.ts';
import { datumaro } from './datumaro/index.ts';
import { folders } from './folders/index.ts';
import { imageFolder } from './imagefolder/index.ts';
import { kitti } from './kitti/index.ts';
import { labelStudio } from './label-studio/index.ts';
import { labelme } from './labelme/index.ts';
import { ndjson } from './ndjson/index.ts';
import { openImages } from './openimages/index.ts';
import { tfrecord } from './tfrecord/index.ts';
import { via } from './via/index.ts';
import { vott } from './vott/index.ts';
import { webDataset } from './webdataset/index.ts';
import { parquet } from './parquet/index.ts';
import { voc } from './voc/index.ts';
import { yolo } from './yolo/index.ts';

/** Every format of data sets, in the order in which they are tried on an unknown path. A new one is a line here. */
export const FORMATS: readonly DatasetFormat[] = [
  ...[coco, yolo, voc, labelme, cvat, labelStudio, datumaro, createml, via, vott, kitti],
  ...[ndjson, imageFolder, parquet, openImages, tfrecord, webDataset, csv, folders],
];
