import { app, protocol } from 'electron';
import { commandNames, runCommandLine } from '../cli/program.ts';
import { startDesktop } from './desktop.ts';
import { APP_SCHEME, readLaunchArguments } from './requests.ts';

/**
 * The desktop app's first file: what the binary is given decides for a command or a window. Electron is ready only once
 * this file has run to its end, so nothing here may be awaited.
 */
const launch = readLaunchArguments(process.argv, app.isPackaged, commandNames());

/** A defect before there is a window to tell it. */
function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  app.exit(1);
}

if (launch.command !== null) {
  runCommandLine(launch.command, { stdout: process.stdout, stderr: process.stderr }).then(
    (status) => app.exit(status),
    fail,
  );
} else {
  // Has to be said before the app is ready.
  protocol.registerSchemesAsPrivileged([
    {
      scheme: APP_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
  startDesktop(launch.project).catch(fail);
}
