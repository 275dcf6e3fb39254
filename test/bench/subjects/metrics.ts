import { evaluateDetections } from '../../../electron/learning/metrics/index.ts';
import { detectionScenes } from '../detection-scenes.ts';
import { median, timed } from '../timing.ts';
import type { Subject } from '../types.ts';

/** COCO's metrics over a set as large as its validation set. */
export const metrics: Subject = {
  figures: [{ name: 'learning.metrics.detection5000', unit: 'ms', budget: null, budgetRatio: 1 }],
  async measure(_names, report) {
    const scenes = detectionScenes();
    const count = (boxes: (image: (typeof scenes.images)[number]) => number): string =>
      scenes.images.reduce((sum, image) => sum + boxes(image), 0).toLocaleString('en');
    report.progress(
      `5,000 images, ${count((i) => i.truths.length)} boxes, ${count((i) => i.detections.length)} detections`,
    );
    const maps: (number | null)[] = [];
    const times = await timed(() => maps.push(evaluateDetections(scenes).map), { warmUps: 0, runs: 3 });
    report.value('learning.metrics.detection5000', median(times));
    report.progress(`mAP ${maps[0]?.toFixed(6) ?? 'none'}`);
  },
};
