import { styleText } from 'node:util';

import {
  NodeHelpers,
  Workflow,
  type INode,
  type INodeExecutionData,
  type IRun,
  type ITaskData,
} from 'n8n-workflow';

import type { NodePackage } from '../engine/nodePackage';
import type { WorkflowFile } from '../engine/runWorkflow';

const LONGEST_LINE = 420;

/** What {@link printRun} shows. */
export interface RunReport {
  workflow: WorkflowFile;
  run: IRun;
  nodePackage: NodePackage;
  source: string;
  sandboxUrl: string;
}

/** Prints what came out of each node, output by output, and where each failed item went. */
export function printRun(report: RunReport): void {
  const { workflow, run, source, sandboxUrl } = report;
  print(`\n${styleText('bold', workflow.name)}  ${dim(`${source}, local ASAPP at ${sandboxUrl}`)}`);
  for (const { node, task } of tasksInOrder(report)) printTask(report, node, task);
  const { error } = run.data.resultData;
  if (error !== undefined) print(`\n${styleText('red', 'The workflow stopped:')} ${error.message}`);
  print('');
}

function tasksInOrder({ workflow, run }: RunReport): Array<{ node: INode; task: ITaskData }> {
  return workflow.nodes
    .flatMap((node) => (run.data.resultData.runData[node.name] ?? []).map((task) => ({ node, task })))
    .sort((a, b) => a.task.executionIndex - b.task.executionIndex);
}

function printTask(report: RunReport, node: INode, task: ITaskData): void {
  print(`\n${styleText('bold', styleText('cyan', node.name))}  ${dim(`${task.executionTime} ms`)}`);
  for (const hint of task.hints ?? []) print(`  ${styleText('yellow', hint.message)}`);
  const outputs = task.data?.main ?? [];
  const names = outputNames(report, node);
  outputs.forEach((items, index) => {
    if (items === null || (items.length === 0 && outputs.length > 1)) return;
    const count = `${items.length} item${items.length === 1 ? '' : 's'}`;
    const target = (report.workflow.connections[node.name]?.main?.[index] ?? [])
      .map((to) => to.node)
      .join(', ');
    const to = target === '' ? '' : dim(` → ${target}`);
    print(`  ${styleText('bold', names[index] ?? `Output ${index + 1}`)}: ${count}${to}`);
    // A node that does nothing shows what the node before it has just shown.
    if (node.type !== 'n8n-nodes-base.noOp') items.forEach(printItem);
  });
}

function outputNames({ workflow, nodePackage }: RunReport, node: INode): string[] {
  const instance = new Workflow({ ...workflow, active: false, nodeTypes: nodePackage.nodeTypes });
  const type = nodePackage.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
  const outputs = NodeHelpers.getNodeOutputs(instance, instance.getNode(node.name) ?? node, type.description);
  return outputs.map((output, index) => {
    const name = typeof output === 'string' ? undefined : output.displayName;
    return name ?? (outputs.length === 1 ? 'Output' : `Output ${index + 1}`);
  });
}

function printItem({ json }: INodeExecutionData, index: number): void {
  const { error, ...fields } = json;
  print(`    ${dim(String(index).padStart(2))}  ${shorten(JSON.stringify(fields, hideSecrets))}`);
  if (typeof error !== 'object' || error === null) return;
  const { kind, status, code, message, requestId, description } = error as Record<string, unknown>;
  const facts = [kind, status, code, requestId].filter((fact) => fact !== undefined).join(', ');
  print(`        ${styleText('red', String(message))}`);
  print(`        ${dim(`${facts}. ${String(description)}`)}`);
}

/** Credentials of end customers travel through the items of this workflow; a terminal is no place for them. */
function hideSecrets(key: string, value: unknown): unknown {
  return /token|secret|password|cookie/i.test(key) ? '•••' : value;
}

function shorten(text: string): string {
  return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text;
}

function dim(text: string): string {
  return styleText('dim', text);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
