export type { ClassificationEvaluation } from './classification.ts';
export { confuseBoxes } from './box-confusion.ts';
export { judgeBoxErrors } from './box-errors.ts';
export { evaluateDetections } from './detection.ts';
export type { DetectionEvaluation, DetectionInput, DetectionImage } from './detection.ts';
export type { DetectedBox, TrueBox } from './matching.ts';
export { evaluateImageClasses } from './several-classes.ts';
export { overallScore } from './evaluation.ts';
export type { OverallWeights } from './evaluation.ts';
