import type { CommandId } from './commands.ts';

export interface CommandHandler {
  run(): void;
  /** What it would do at the moment, where its title alone does not say. */
  title?(): string;
  /** False where the command makes no sense at the moment. */
  when?(): boolean;
  /** Says why its key does nothing, where it makes no sense at the moment. */
  otherwise?(): void;
}
export type CommandHandlers = Partial<Record<CommandId, CommandHandler | (() => void)>>;

/** Who does what at the moment: the view that is open provides the handlers of its commands. */
export class CommandRegistry {
  readonly #handlers = new Map<CommandId, CommandHandler[]>();

  /** Returns the function that takes the handlers away again. The newest provider of a command is the one asked. */
  provide(handlers: CommandHandlers): () => void {
    const entries = Object.entries(handlers).map(([id, handler]): [CommandId, CommandHandler] => [
      id as CommandId,
      typeof handler === 'function' ? { run: handler } : handler,
    ]);
    for (const [id, handler] of entries) {
      const stack = this.#handlers.get(id);
      if (stack) stack.push(handler);
      else this.#handlers.set(id, [handler]);
    }
    return () => {
      for (const [id, handler] of entries) {
        const stack = this.#handlers.get(id)?.filter((other) => other !== handler) ?? [];
        if (stack.length > 0) this.#handlers.set(id, stack);
        else this.#handlers.delete(id);
      }
    };
  }

  available(id: CommandId): boolean {
    const handler = this.#handlers.get(id)?.at(-1);
    return handler !== undefined && (handler.when?.() ?? true);
  }

  /** What the command would do at the moment; undefined where its title says all. */
  titleOf(id: CommandId): string | undefined {
    return this.#handlers.get(id)?.at(-1)?.title?.();
  }

  /** Whether its key does something at the moment: runs it, or says why not. */
  answers(id: CommandId): boolean {
    return this.available(id) || this.#handlers.get(id)?.at(-1)?.otherwise !== undefined;
  }

  /** Runs the command; false where it isn't available, which is said where there is something to say. */
  run(id: CommandId): boolean {
    const handler = this.#handlers.get(id)?.at(-1);
    const available = this.available(id);
    if (available) handler?.run();
    else handler?.otherwise?.();
    return available;
  }
}
