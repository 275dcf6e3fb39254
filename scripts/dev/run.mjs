/**
 * Vite serves the sources of the interface and passes calls and pictures on to `twinhead serve`, which starts anew when
 * a file under electron/ changes and then prints another address to open.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createServer } from 'vite';
import { root } from '../setup/paths.mjs';

const SERVER = 'http://127.0.0.1:8643';

const server = spawn(
  process.execPath,
  [
    `--watch-path=${path.join(root, 'electron')}`,
    path.join(root, 'electron', 'cli', 'index.ts'),
    'serve',
    ...['--port', new URL(SERVER).port, '--no-open'],
    ...process.argv.slice(2),
  ],
  { stdio: ['inherit', 'pipe', 'inherit'] },
);

/** The server lets only its own page in: what comes through here comes from its page's sources. */
const toServer = {
  target: SERVER,
  changeOrigin: true,
  configure: (proxy) => proxy.on('proxyReq', (request) => request.setHeader('origin', SERVER)),
};

const interfaceServer = await createServer({
  configFile: path.join(root, 'vite.config.ts'),
  root: path.join(root, 'renderer'),
  clearScreen: false,
  server: {
    host: '127.0.0.1',
    proxy: { '/api': toServer, '/image': toServer },
    fs: { allow: [root] },
  },
});
await interfaceServer.listen();
const [address] = interfaceServer.resolvedUrls.local;

server.stdout.setEncoding('utf8').on('data', (text) => {
  process.stdout.write(text.replaceAll(`${SERVER}/`, address));
});
server.on('close', async (status) => {
  await interfaceServer.close();
  process.exitCode = status ?? 1;
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
