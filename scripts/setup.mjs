/** `npm run setup`: everything that this checkout needs. */
import { main, setUp } from './setup/index.mjs';

const help = `npm run setup -- [--gpu] [--verify] [--tests]

Gets what is missing and repairs what is broken: the packages, the pinned Node, TensorFlow.

  --gpu      the CUDA 12 engine as well (Linux with an NVIDIA card; about 4 GB are fetched)
  --verify   compares every byte of the engines with what was set up
  --tests    Chromium for the browser tests as well
`;

await main(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(help);
    return 0;
  }
  const unknown = args.find((arg) => !['--gpu', '--verify', '--tests'].includes(arg));
  if (unknown) {
    process.stderr.write(`There is no option ${unknown}.\n\n${help}`);
    return 2;
  }
  const gpu = args.includes('--gpu');
  const { engines } = await setUp({
    gpu,
    verify: args.includes('--verify'),
    chromium: args.includes('--tests'),
  });
  // The processor's engine is a convenience; the CUDA engine was asked for.
  return gpu && engines.cuda12 === null ? 1 : 0;
});
