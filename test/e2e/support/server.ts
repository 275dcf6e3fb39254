import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { BrowserContext, Page } from '@playwright/test';
import { contract } from '../../../electron/common/contract.ts';
import type { InputOf, OutputOf, RequestName } from '../../../electron/common/contract.ts';
import { command, environmentOf, node } from './command.ts';

/** A real `twinhead serve` process. */
export class Server {
  readonly url: string;
  readonly port: number;
  readonly #child: ChildProcess;
  #token: Promise<string> | null = null;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
    this.port = Number(new URL(url).port);
  }

  /** `project` null serves the start screen; `port` 0 takes a free one. */
  static async start(project: string | null, userFolder: string, port = 0): Promise<Server> {
    return Server.#start(project, userFolder, port, []);
  }

  /** One whose disk can be filled: see {@link Server.disk}. */
  static async startOnSmallDisk(project: string, userFolder: string): Promise<Server> {
    return Server.startWith(new URL('./small-disk.ts', import.meta.url), project, userFolder);
  }

  /** @param hook a module that is loaded into the process before the program, and that answers {@link Server.ask} */
  static async startWith(hook: URL, project: string, userFolder: string): Promise<Server> {
    return Server.#start(project, userFolder, 0, [`--import=${hook.href}`]);
  }

  static async #start(
    project: string | null,
    userFolder: string,
    port: number,
    hooks: readonly string[],
  ): Promise<Server> {
    const args = [
      ...hooks,
      command,
      'serve',
      ...(project === null ? [] : [project]),
      '--no-open',
      '--port',
      String(port),
    ];
    const child = spawn(node, args, {
      env: environmentOf(userFolder),
      stdio: ['ignore', 'pipe', 'pipe', ...(hooks.length > 0 ? (['ipc'] as const) : [])],
    });
    let printed = '';
    const url = await new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        printed += chunk.toString();
        const address = /http:\/\/\S+#code=\S+/.exec(printed)?.[0];
        if (address !== undefined) resolve(address);
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.once('error', reject);
      child.once('exit', (status) => reject(new Error(`twinhead serve ended with ${status}:\n${printed}`)));
    });
    return new Server(child, url);
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the server has not been started');
    return this.#child.pid;
  }

  /** A call past the page, about the project that was opened last: what is really stored. */
  async call<Name extends RequestName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
    if (contract[name].scope === 'process') return this.callAbout(null, name, input);
    const { recentProjects } = await this.callAbout(null, 'system.info', {});
    return this.callAbout(recentProjects.find(({ open }) => open)?.id ?? null, name, input);
  }

  /** @param scope id of a project */
  async callAbout<Name extends RequestName>(
    scope: string | null,
    name: Name,
    input: InputOf<Name>,
  ): Promise<OutputOf<Name>> {
    this.#token ??= this.#enter();
    const response = await fetch(new URL(`/api/${name}`, this.url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-twinhead-token': await this.#token,
        ...(scope === null ? {} : { 'x-twinhead-project': scope }),
      },
      body: JSON.stringify(input),
    });
    const answer = (await response.json()) as { ok: true; value: OutputOf<Name> } | { ok: false };
    if (!answer.ok) throw new Error(`${name} was refused: ${JSON.stringify(answer)}`);
    return answer.value;
  }

  /** As the page does with the code in its address. */
  async #enter(): Promise<string> {
    const response = await fetch(new URL('/api/session', this.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: new URL(this.url).hash.replace('#code=', '') }),
    });
    return ((await response.json()) as { value: { secret: string } }).value.secret;
  }

  /** From `full` on, the database can't grow any more: what fits into its last pages still does. */
  async disk(state: 'full' | 'free'): Promise<void> {
    await this.ask(state);
  }

  /** What the hook with which it was started answers. */
  async ask(message: string): Promise<unknown> {
    const answered: Promise<unknown[]> = once(this.#child, 'message');
    this.#child.send(message);
    return (await answered)[0];
  }

  /** Without any chance to tidy up. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /**
   * Kills it and starts it anew on its port. A new start has a new token: its address, opened in any window, signs the
   * browser in again, and open pages go on.
   */
  async restart(project: string | null, userFolder: string, page: Page): Promise<Server> {
    await this.kill();
    const again = await Server.start(project, userFolder, this.port);
    await again.signIn(page.context());
    await page.bringToFront();
    return again;
  }

  /** Opens its address in a window of its own until the browser is known: other windows are so by then, too. */
  async signIn(context: BrowserContext): Promise<void> {
    const other = await context.newPage();
    await other.goto(this.url);
    await other.waitForURL((url) => !url.hash.startsWith('#code='));
    await other.close();
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}
