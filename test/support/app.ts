import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createApp } from '../../electron/app.ts';
import type { App } from '../../electron/app.ts';
import type { InputOf, OutputOf, RequestName } from '../../electron/common/contract.ts';
import type { Job } from '../../electron/common/jobs.ts';
import { TwinheadError } from '../../electron/common/errors.ts';
import { createDispatch } from '../../electron/dispatch.ts';
import type { Dispatch } from '../../electron/dispatch.ts';
import { asEnglish } from './in-english.ts';
import { testPorts } from './ports.ts';

/**
 * The real app in this process, in a folder of its own; what it answers is checked against the contract, and given with
 * its sentences in English.
 */
export class TestApp {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'twinhead-app-'));
  readonly project = path.join(this.folder, 'digits.twinhead');
  #app;
  #dispatch;
  #scope: string | null = null;

  constructor() {
    [this.#app, this.#dispatch] = this.#start();
  }

  #start(): [App, Dispatch] {
    const ports = testPorts({ userFolder: path.join(this.folder, 'user') });
    const app = createApp(ports);
    return [app, createDispatch(app, { logger: ports.logger, checkOutputs: true })];
  }

  /** Opens a project of digit scenes. */
  async sample(scenes: {
    readonly train: number;
    readonly val: number;
    readonly test: number;
  }): Promise<void> {
    await this.done((await this.call('project.sample', { path: this.project, ...scenes })).jobId);
  }

  /** About the project that was opened last. */
  async call<Name extends RequestName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
    const value = await this.callAbout(this.#scope, name, input);
    if (name === 'project.open' || name === 'project.create')
      this.#scope = (value as OutputOf<'project.open' | 'project.create'>).id;
    if (name === 'project.sample') this.#scope = (value as OutputOf<'project.sample'>).projectId;
    return value;
  }

  /** @param scope id of a project */
  async callAbout<Name extends RequestName>(
    scope: string | null,
    name: Name,
    input: InputOf<Name>,
  ): Promise<OutputOf<Name>> {
    const answer = await this.#dispatch.call(scope, name, input);
    if (!answer.ok) throw TwinheadError.of(asEnglish(answer.error));
    return asEnglish(answer.value) as OutputOf<Name>;
  }

  /** What the project that was opened last tells of its changes, from its opening on. */
  async *changes(signal: AbortSignal): AsyncGenerator<OutputOf<'project.changes'>> {
    for await (const { event } of this.#dispatch.subscribe(this.#scope, 'project.changes', {}, 0, signal))
      yield event as OutputOf<'project.changes'>;
  }

  /** The job once the condition holds; fails where it ends before. */
  async until(jobId: string, condition: (job: Job) => boolean | Promise<boolean>): Promise<Job> {
    for (;;) {
      const job = await this.call('jobs.get', { jobId });
      if (await condition(job)) return job;
      if (job.state !== 'running') throw new Error(`the job is ${job.state}: ${job.error?.message ?? ''}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The job once it has ended well. */
  done(jobId: string): Promise<Job> {
    return this.until(jobId, ({ state }) => state === 'done');
  }

  /** The job once it has ended, however it did. */
  ended(jobId: string): Promise<Job> {
    return this.until(jobId, ({ state }) => state !== 'running');
  }

  /** As a host that was started with a project. */
  startWith(project: string): void {
    this.#app.startWith(project);
  }

  picture(address: string): Promise<Response> {
    return this.#app.serveImage(new Request(address));
  }

  /** As at the end of the process. */
  end(): Promise<void> {
    return this.#app.close();
  }

  /** As another process that opens the project. */
  async restart(): Promise<void> {
    await this.end();
    [this.#app, this.#dispatch] = this.#start();
    await this.call('project.open', { path: this.project });
  }

  async remove(): Promise<void> {
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
