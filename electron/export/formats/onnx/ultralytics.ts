import type { ModelCard } from '../../types.ts';

/**
 * What Ultralytics' runtimes read of a detector that has its boxes suppressed, [1, boxes, 6] as its first output, and
 * takes one image of floats from 0 to 1: Python literals. A fixed batch keeps their letterbox square.
 */
export function ultralyticsEntries(
  { objectClasses, input, run }: ModelCard,
  stride: number,
): Record<string, string> {
  // A string of JSON is one of Python.
  const names = objectClasses.map((name, index) => `${index}: ${JSON.stringify(name)}`);
  return {
    description: run,
    task: 'detect',
    stride: String(stride),
    batch: '1',
    channels: '3',
    imgsz: `[${input.size}, ${input.size}]`,
    names: `{${names.join(', ')}}`,
    end2end: 'True',
    args: "{'batch': 1, 'dynamic': False, 'nms': True}",
  };
}
