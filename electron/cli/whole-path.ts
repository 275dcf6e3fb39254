import { pathFrom } from '../services/base/paths.ts';

/** A path of the command line, absolute. @throws TwinheadError as {@link pathFrom} */
export const wholePath = (given: string): string => pathFrom(process.cwd(), given);
