import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { say } from '../../common/sentences/sentence.ts';
import { randomFrom } from '../base/random.ts';
import { accuracyMetric } from './metrics.ts';
import { embedding, lstm, stepsOf } from './recurrent.ts';
import type { Example, ExampleData, Table } from './types.ts';

const TOPICS = [
  ['screen', 'battery', 'keyboard', 'charger'],
  ['soup', 'waiter', 'dessert', 'menu'],
  ['plot', 'actor', 'ending', 'scene'],
  ['room', 'bed', 'shower', 'lobby'],
];
const GOOD = ['good', 'great', 'lovely', 'solid'];
const BAD = ['bad', 'awful', 'dull', 'broken'];
const FILLERS = ['the', 'was', 'a', 'really', 'and', 'we', 'thought', 'it', 'quite', 'so'];
const SENTIMENTS = ['negative', 'positive'];
const LENGTH = 10;
const VOCABULARY = [...TOPICS.flat(), ...GOOD, ...BAD, 'not', ...FILLERS];

/** Reviews: a word of the topic, one of praise or blame among fillers; "not" right before it turns it round, elsewhere it doesn't. */
function sentence(random: ReturnType<typeof randomFrom>): {
  words: string[];
  topic: number;
  sentiment: number;
} {
  const pick = <Item>(list: readonly Item[]): Item => list[random.integer(list.length)]!;
  const topic = random.integer(TOPICS.length);
  const praise = random.integer(2);
  const words = Array.from({ length: LENGTH }, () => pick(FILLERS));
  const position = 2 + random.integer(LENGTH - 3);
  words[position] = pick(praise === 1 ? GOOD : BAD);
  // Less often than not: the word alone then says something, from which the rest is learned.
  const negated = random.next() < 0.35;
  if (negated) words[position - 1] = 'not';
  // A "not" that says nothing about it, so that counting words is not enough.
  else if (random.next() < 0.5) words[position + 1] = 'not';
  const free = words.flatMap((word, index) => (FILLERS.includes(word) ? [index] : []));
  words[pick(free)] = pick(TOPICS[topic]!);
  return { words, topic, sentiment: negated ? 1 - praise : praise };
}

function makeData(seed: number): ExampleData {
  const numbers = new Map(VOCABULARY.map((word, index) => [word, index]));
  const table = (part: string, rows: number): Table => {
    const random = randomFrom('text', seed, part);
    const words = new Int32Array(rows * LENGTH);
    const topics = new Float32Array(rows * TOPICS.length);
    const sentiments = new Float32Array(rows * SENTIMENTS.length);
    for (let row = 0; row < rows; row++) {
      const one = sentence(random);
      one.words.forEach((word, position) => (words[row * LENGTH + position] = numbers.get(word)!));
      topics[row * TOPICS.length + one.topic] = 1;
      sentiments[row * SENTIMENTS.length + one.sentiment] = 1;
    }
    return {
      rows,
      columns: {
        words: { shape: [LENGTH], data: words },
        topic: { shape: [TOPICS.length], data: topics },
        sentiment: { shape: [SENTIMENTS.length], data: sentiments },
      },
    };
  };
  return { train: table('train', 6000), test: table('test', 1000) };
}

/** The article's language model: embedding, two LSTM layers, a head for the topic and one for the sentiment. */
export const text: Example = {
  name: 'text',
  description: say('learning.example.text'),
  steps: 500,
  batch: 64,
  learningRate: 0.01,
  taskWeights: {},
  clipNorm: 1,
  makeData,
  predict(layers, batch) {
    const entries = VOCABULARY.length;
    const words = embedding(layers, 'trunk/words', batch['words']!, { entries, width: 16 });
    const first = lstm(layers, 'trunk/lstm1', stepsOf(layers, words), 32);
    const last = lstm(layers, 'trunk/lstm2', first, 32).at(-1)!;
    return {
      topic: layers.dense('topic/output', last, TOPICS.length, 0.5),
      sentiment: layers.dense('sentiment/output', last, SENTIMENTS.length, 0.5),
    };
  },
  losses: ({ tf, kernels }, predictions, batch) =>
    Object.fromEntries(
      ['topic', 'sentiment'].map((task) => {
        const losses: Tensor = kernels.softmaxCrossEntropy(
          predictions[task] as Tensor2D,
          batch[task] as Tensor2D,
        );
        return [task, { loss: tf.mean(losses), terms: {} }];
      }),
    ),
  evaluate: (predictions, { train, test }) =>
    ['topic', 'sentiment'].map((task) =>
      accuracyMetric(task, predictions[task]!, { train: train.columns[task]!, test: test.columns[task]! }),
    ),
};
