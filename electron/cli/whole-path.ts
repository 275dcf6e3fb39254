import { pathFrom } from '../services/paths.ts';

/** A path of the command line, absolute. @throws TwinheadError as {@link pathFrom} */
export const wholePath = (given: string): string => pathFrom(process.cwd(), given);
