/** The engine's public face. Importing it loads nothing of TensorFlow: that happens in `loadEngine`, once. */
export { processorName } from './device.ts';
export { chooseEngine } from './choose.ts';
export type { EngineFacts } from './choose.ts';
export { findEngine } from './find.ts';
export type { EngineRequest } from './find.ts';
export { loadEngine } from './load.ts';
export { cacheFolder, enginesFolder, locateEngines, thisMachine } from './locate.ts';
export type { Machine } from './locate.ts';
export type { Engine, EngineChoice, EngineKind, InstalledEngine, NativeEngineKind } from './types.ts';
export { examineInstallation } from './doctor.ts';
export type { DoctorPart, DoctorReport } from './doctor.ts';
