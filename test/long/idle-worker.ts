/** A process that has nothing to do: how late its event loop is, is the machine's doing. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const lag = monitorEventLoopDelay({ resolution: 5 });
lag.enable();
process.once('message', () => {
  process.send?.(lag.max / 1e6);
  process.disconnect();
});
