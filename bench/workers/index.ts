import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { Task, TaskEnd } from './messages';

export type { Task, TaskEnd } from './messages';

/** Several processes that know nothing of each other, each with an n8n engine and this node. */
export class Workers {
  private constructor(private readonly children: readonly ChildProcess[]) {}

  static async start(count: number): Promise<Workers> {
    const children = Array.from({ length: count }, () =>
      fork(join(__dirname, 'child.ts'), [], {
        execArgv: ['--import', 'tsx'],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      }),
    );
    await Promise.all(children.map((child) => once(child, 'message')));
    return new Workers(children);
  }

  /** Gives each of the first workers one of the tasks, all at once; resolves when all are done. */
  async run(tasks: readonly Task[]): Promise<TaskEnd[]> {
    return await Promise.all(
      tasks.map(async (task, index) => {
        const child = this.children[index] as ChildProcess;
        const ended = once(child, 'message');
        child.send(task);
        const [end] = (await ended) as [TaskEnd];
        return end;
      }),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.children.map(async (child) => {
        const exited = once(child, 'exit');
        child.disconnect();
        await exited;
      }),
    );
  }
}
