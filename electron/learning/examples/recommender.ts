import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { say } from '../../common/sentences/sentence.ts';
import { randomFrom } from '../base/random.ts';
import { accuracyMetric, areaUnderCurve } from './metrics.ts';
import { embedding, lstm, stepsOf } from './recurrent.ts';
import type { Example, ExampleData, Table } from './types.ts';

const GENRES = 5;
const ITEMS = 40;
const USERS = 60;
const GROUPS = 4;
const HISTORY = 8;
const ITEMS_A_GENRE = ITEMS / GENRES;
/** How often the next item is the one that follows in its series. */
const FAITHFUL = 0.75;

const genreOf = (item: number): number => Math.floor(item / ITEMS_A_GENRE);
const followerOf = (item: number): number => genreOf(item) * ITEMS_A_GENRE + ((item + 1) % ITEMS_A_GENRE);

/**
 * Users of four groups watch series of five genres: mostly the next part, now and then something else by the tastes
 * of their group. Whether a user clicks on an offered item depends on how this user, not the group, likes its genre.
 */
function makeData(seed: number): ExampleData {
  const world = randomFrom('recommender', seed, 'world');
  const groupTastes = Array.from({ length: GROUPS }, () =>
    Array.from({ length: GENRES }, () => Math.exp(2 * world.normal())),
  );
  const users = Array.from({ length: USERS }, () => ({
    group: world.integer(GROUPS),
    likes: Array.from({ length: GENRES }, () => 2.5 * world.normal()),
  }));
  const table = (part: string, rows: number): Table => {
    const random = randomFrom('recommender', seed, part);
    const draw = (weights: readonly number[]): number => {
      let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
      const index = weights.findIndex((weight) => (left -= weight) < 0);
      return index < 0 ? weights.length - 1 : index;
    };
    const user = new Int32Array(rows);
    const history = new Int32Array(rows * HISTORY);
    const offered = new Int32Array(rows);
    const click = new Float32Array(rows);
    const next = new Float32Array(rows * ITEMS);
    const group = new Float32Array(rows * GROUPS);
    for (let row = 0; row < rows; row++) {
      const id = random.integer(USERS);
      const { group: own, likes } = users[id]!;
      const chosen = (): number => draw(groupTastes[own]!) * ITEMS_A_GENRE + random.integer(ITEMS_A_GENRE);
      let item = chosen();
      for (let index = 0; index < HISTORY; index++) {
        history[row * HISTORY + index] = item;
        item = random.next() < FAITHFUL ? followerOf(item) : chosen();
      }
      next[row * ITEMS + item] = 1;
      user[row] = id;
      group[row * GROUPS + own] = 1;
      offered[row] = random.integer(ITEMS);
      click[row] = random.next() < 1 / (1 + Math.exp(-likes[genreOf(offered[row]!)]!)) ? 1 : 0;
    }
    const column = (shape: readonly number[], data: Float32Array | Int32Array) => ({ shape, data });
    return {
      rows,
      columns: {
        user: column([], user),
        history: column([HISTORY], history),
        offered: column([], offered),
        click: column([], click),
        next: column([ITEMS], next),
        group: column([GROUPS], group),
      },
    };
  };
  return { train: table('train', 12000), test: table('test', 2000) };
}

/**
 * The article's recommender: embeddings of users and items, an LSTM over what was watched, and three heads: a click on
 * an offered item, the next item, and the user's group (from the history alone: the user's own embedding would tell).
 */
export const recommender: Example = {
  name: 'recommender',
  description: say('learning.example.recommender'),
  steps: 700,
  batch: 128,
  learningRate: 0.01,
  taskWeights: {},
  clipNorm: 1,
  makeData,
  predict(layers, batch) {
    const { tf } = layers;
    const [rows] = batch['user']!.shape as [number];
    // One table for histories and offers: an item is the same in both.
    const both = tf.concat([batch['history']!, tf.reshape(batch['offered']!, [rows, 1])], 1);
    const items = stepsOf(layers, embedding(layers, 'trunk/items', both, { entries: ITEMS, width: 16 }));
    const user = embedding(layers, 'trunk/users', batch['user']!, { entries: USERS, width: 16 }) as Tensor2D;
    const watched = lstm(layers, 'trunk/lstm', items.slice(0, HISTORY), 32).at(-1)!;
    const offer = tf.concat([user, items[HISTORY]!, watched], 1);
    const hidden = layers.kernels.relu(layers.dense('click/hidden', offer, 32));
    return {
      click: tf.squeeze(layers.dense('click/output', hidden, 1, 0.5), [1]),
      next: layers.dense('next/output', watched, ITEMS, 0.5),
      group: layers.dense('group/output', watched, GROUPS, 0.5),
    };
  },
  losses({ tf, kernels }, predictions, batch) {
    const clicks = kernels.sigmoidCrossEntropy(predictions['click'] as Tensor1D, batch['click'] as Tensor1D);
    const ofClasses = (task: string) => ({
      loss: tf.mean(kernels.softmaxCrossEntropy(predictions[task] as Tensor2D, batch[task] as Tensor2D)),
      terms: {},
    });
    return {
      click: { loss: tf.mean(clicks), terms: {} },
      next: ofClasses('next'),
      group: ofClasses('group'),
    };
  },
  evaluate(predictions, { train, test }) {
    const accuracy = (task: string) =>
      accuracyMetric(task, predictions[task]!, { train: train.columns[task]!, test: test.columns[task]! });
    return [
      areaUnderCurve('click', predictions['click']!, test.columns['click']!),
      accuracy('next'),
      accuracy('group'),
    ];
  },
};
