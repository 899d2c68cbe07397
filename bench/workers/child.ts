/** An n8n engine with this package in a process of its own, like a worker of n8n's queue mode. Ends with its parent. */
import { subscribe } from 'node:diagnostics_channel';
import { join } from 'node:path';

import type { IDataObject } from 'n8n-workflow';

import { loadNodePackage, type NodePackage } from '../../scripts/engine/nodePackage';
import { runNode } from '../peers/n8nPeer';
import { analyzeNode } from '../peers/ours';
import type { Task, TaskEnd } from './messages';

let connectedAt: number[] = [];

async function run(nodePackage: NodePackage, { job, options }: Task): Promise<TaskEnd> {
  connectedAt = [];
  const node = analyzeNode({
    maxConcurrency: job.concurrency,
    maxRequestsPerSecond: job.requestsPerSecond,
    ...options,
  });
  const { data } = await runNode(nodePackage, { ...node, onError: 'continueRegularOutput' }, job);
  const finishedAt = performance.timeOrigin + performance.now();
  const [task] = data.resultData.runData.Peer ?? [];
  const errors = (task?.data?.main?.[0] ?? []).map(({ json }) => json.error as IDataObject | undefined);
  const failed = errors.filter((error) => error !== undefined);
  return {
    delivered: errors.length - failed.length,
    failed: failed.length,
    inDoubt: failed.filter((error) => error.inDoubt === true).length,
    hints: (task?.hints ?? []).map(({ message }) => message),
    connectedAt,
    finishedAt,
  };
}

async function main(): Promise<void> {
  subscribe('net.client.socket', () => void connectedAt.push(performance.timeOrigin + performance.now()));
  const nodePackage = await loadNodePackage(join(__dirname, '../..'));
  process.on('message', (task: Task) => {
    void run(nodePackage, task).then((end) => process.send?.(end));
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}

void main();
