import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { Answer, AsappAddress, AsappOptions, PlannedOutage, Question, Summary } from './messages';

export type { AsappAddress, AsappOptions, PlannedOutage, Summary } from './messages';

/** A local ASAPP in a process of its own, for all peers of a bench. */
export class LocalAsapp {
  private constructor(
    private readonly child: ChildProcess,
    readonly address: AsappAddress,
  ) {}

  static async start(options: AsappOptions = {}): Promise<LocalAsapp> {
    const child = fork(join(__dirname, 'child.ts'), [JSON.stringify(options)], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const failed = once(child, 'exit').then(([code]) => {
      throw new Error(`The local ASAPP ended with code ${String(code)}`);
    });
    const [address] = (await Promise.race([once(child, 'message'), failed])) as [AsappAddress];
    failed.catch(() => {});
    return new LocalAsapp(child, address);
  }

  /** Forgets what was sent so far. */
  async reset(): Promise<void> {
    await this.ask('reset');
  }

  /** Lets it be down for a while, later. */
  async plan(outage: PlannedOutage): Promise<void> {
    await this.ask(outage);
  }

  async summary(): Promise<Summary> {
    return (await this.ask('summary')) as Summary;
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }

  private async ask(question: Question): Promise<Answer> {
    const answered = once(this.child, 'message');
    this.child.send(question);
    const [answer] = (await answered) as [Answer];
    return answer;
  }
}
