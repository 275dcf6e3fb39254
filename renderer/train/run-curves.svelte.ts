import type { ProjectClient } from '../../electron/common/contract.ts';
import type { TrainingEvent } from '../../electron/common/entities.ts';
import type { Said } from '../../electron/common/sentences/sentence.ts';

type StepEvent = Extract<TrainingEvent, { type: 'step' }>;
type EpochEvent = Extract<TrainingEvent, { type: 'epoch' }>;
export type SamplesEvent = Extract<TrainingEvent, { type: 'samples' }>;

/** What a run's events say so far. Arrays are replaced, not changed, so that charts notice. */
export interface Curves {
  readonly steps: readonly StepEvent[];
  readonly epochs: readonly EpochEvent[];
  /** What was found on a few validation images, epoch by epoch. */
  readonly samples: readonly SamplesEvent[];
  /** The last words of the run: "preparing images", or why it ended. */
  readonly message: Said;
  /** Facts about the run: its network, images that were left out; that more epochs may help, until it goes on. */
  readonly facts: readonly Said[];
  readonly ended: boolean;
  /** What can be done about it, where the run failed and there is something. */
  readonly remedy: Said | null;
}

export const NO_CURVES: Curves = {
  steps: [],
  epochs: [],
  samples: [],
  message: '',
  facts: [],
  ended: false,
  remedy: null,
};

/** Advice to train on is of the end at which it was given. */
const isAdvice = (fact: Said): boolean => typeof fact !== 'string' && fact.key === 'training.stillImproving';

/** Whether a fact is kept: of a further session only its own number of seconds is of interest. */
const isKept = (fact: Said): boolean =>
  typeof fact !== 'string' && fact.key.startsWith('training.featuresKept');

const isSameFact = (one: Said, other: Said): boolean =>
  JSON.stringify(one) === JSON.stringify(other) || (isKept(one) && isKept(other));

/** Adds events in order. A resumed run goes back to its checkpoint: later points of the broken-off session give way. */
export function addEvents(curves: Curves, events: readonly TrainingEvent[]): Curves {
  let { message, facts, ended, remedy } = curves;
  const steps = [...curves.steps];
  const epochs = [...curves.epochs];
  const samples = [...curves.samples];
  for (const event of events) {
    if (event.type === 'step') {
      while ((steps.at(-1)?.step ?? -1) >= event.step) steps.pop();
      steps.push(event);
      if (facts.some(isAdvice)) facts = facts.filter((fact) => !isAdvice(fact));
      ended = false;
      remedy = null;
    } else if (event.type === 'epoch') {
      while ((epochs.at(-1)?.epoch ?? -1) >= event.epoch) epochs.pop();
      epochs.push(event);
    } else if (event.type === 'samples') {
      while ((samples.at(-1)?.epoch ?? -1) >= event.epoch) samples.pop();
      samples.push(event);
    } else if (event.type === 'status') {
      message = event.message;
      if (event.lasting === true)
        facts = [...facts.filter((fact) => !isSameFact(fact, event.message)), message];
    } else if (event.type === 'end') {
      message = event.reason;
      ended = true;
      remedy = event.remedy ?? null;
    }
  }
  return { steps, epochs, samples, message, facts, ended, remedy };
}

/** Follows a run's events; many that come at once are one change of the page. */
export class RunCurves {
  curves = $state.raw<Curves>(NO_CURVES);
  error = $state.raw<unknown>(null);
  readonly close: () => void;
  #waiting: TrainingEvent[] = [];
  #frame = 0;

  /** `onNews` is called for the first step, and for every epoch that has ended, those read at the start included. */
  constructor(client: ProjectClient, runId: string, onNews?: () => void) {
    let stepped = false;
    const unsubscribe = client.subscribe(
      'runs.events',
      { runId },
      (event) => {
        this.#waiting.push(event);
        if (event.type === 'epoch' || (event.type === 'step' && !stepped)) onNews?.();
        stepped ||= event.type === 'step';
        if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#take());
      },
      (error) => (this.error = error),
    );
    this.close = () => {
      unsubscribe();
      cancelAnimationFrame(this.#frame);
    };
  }

  #take(): void {
    this.#frame = 0;
    const events = this.#waiting;
    this.#waiting = [];
    this.curves = addEvents(this.curves, events);
  }
}
