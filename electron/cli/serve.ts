import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { TwinheadError } from '../common/errors.ts';
import { canonicalPath, makeFolder, writeAtomically } from '../files/index.ts';
import { interfaceFolder } from '../hosting/interface-folder.ts';
import type { WebHost } from '../web/host.ts';
import { withCommonOptions } from './command.ts';
import type { CommandRunner } from './command.ts';
import { aborted } from './interrupt.ts';
import { portNumber } from './numbers.ts';
import type { CommandSession } from './session.ts';
import { wholePath } from './whole-path.ts';

/** Tried first, so that a tunnel or a bookmark of the port keeps working. */
const USUAL_PORT = 8642;

export function defineServe(program: Command, runner: CommandRunner): void {
  const command = program
    .command('serve')
    .summary('open the interface in a browser')
    .description(
      'Serve the interface to a browser on this machine, until Ctrl-C. From further away, go through SSH:\n' +
        `ssh -L ${USUAL_PORT}:127.0.0.1:${USUAL_PORT} MACHINE, then open the printed address here.`,
    )
    .argument('[PROJECT]', 'the project to open; without one, choose it in the interface')
    .option(
      '--port <N>',
      `the port, 0 for any free one (${USUAL_PORT}, or a free one if that is taken)`,
      portNumber,
    )
    .option('--no-open', 'print the address only, start no browser');
  withCommonOptions(command, 'twinhead serve cells --port 9000 --no-open', { engine: true }).action(
    runner.action<[string | undefined], { port?: number; open: boolean }>(
      async (session, [name], { port, open }) => {
        if (name !== undefined) await openOrOffer(session, name);
        if (!existsSync(path.join(interfaceFolder, 'index.html')))
          session.output.note(
            'The interface has not been built: run “npm run build” in the checkout, then reload the page.',
          );
        const host = await start(session, port);
        session.output.result({ url: host.url, port: host.port }, [host.url]);
        session.output.note('Serving this machine only; Ctrl-C ends it.');
        if (open) await openBrowser(host.urlForOnce(), session);
        await aborted(session.signal);
        await host.close();
        return undefined;
      },
      'web',
    ),
  );
}

/** A damaged project is no reason not to serve: the page offers its backups. */
async function openOrOffer(session: CommandSession, name: string): Promise<void> {
  session.app.startWith(wholePath(name));
  try {
    await session.open(name);
  } catch (error) {
    if (!(error instanceof TwinheadError) || error.code !== 'project-corrupt') throw error;
    session.output.note(`${error.message} The page offers its backups.`);
  }
}

async function start(
  { app, dispatch, ports, output }: CommandSession,
  wanted: number | undefined,
): Promise<WebHost> {
  const { startWebHost } = await import('../web/host.ts');
  const options = { app, dispatch, logger: ports.logger, rendererFolder: interfaceFolder };
  try {
    return await startWebHost({ ...options, port: wanted ?? USUAL_PORT });
  } catch (error) {
    if (wanted !== undefined || !(error instanceof TwinheadError) || error.code !== 'port-in-use')
      throw error;
    output.note(`The port ${USUAL_PORT} is in use; taking a free one.`);
    return startWebHost({ ...options, port: 0 });
  }
}

/**
 * Starts the system's browser where there is a screen, with a private file that goes on to an address which opens one
 * page once: the arguments of a process can be read by everybody on the machine.
 */
async function openBrowser(url: string, { output, ports }: CommandSession): Promise<void> {
  const { platform } = process;
  const { environment } = ports;
  if (platform === 'linux' && !environment['DISPLAY'] && !environment['WAYLAND_DISPLAY']) return;
  const folder = canonicalPath(ports.userFolder);
  makeFolder(folder);
  const file = path.join(folder, 'open.html');
  const page = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${url}"><title>Twinhead</title>\n`;
  await writeAtomically(file, page, { mode: 0o600 });
  const command = platform === 'darwin' ? 'open' : platform === 'win32' ? 'explorer' : 'xdg-open';
  const child = spawn(command, [file], { detached: true, stdio: 'ignore' });
  child.once('error', () => output.note('No browser could be started; open the address by hand.'));
  child.unref();
}
