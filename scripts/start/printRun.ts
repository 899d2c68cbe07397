import { isDeepStrictEqual, styleText } from 'node:util';

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
import { printBranches } from './printBranches';
import { dim, print } from './terminal';

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
  for (const { node, task, runIndex } of tasksInOrder(report)) printTask(report, node, task, runIndex);
  for (const node of workflow.nodes.filter(({ parameters }) => parameters.errorHandling === 'branches')) {
    const outputs = outputNames(report, node).map((name, index) => ({
      name,
      target: targetOf(report, node, index),
    }));
    printBranches(node.name, outputs, tasksOf(report, node));
  }
  const { error } = run.data.resultData;
  if (error !== undefined) print(`\n${styleText('red', 'The workflow stopped:')} ${error.message}`);
  print('');
}

function tasksOf({ run }: RunReport, { name }: INode): ITaskData[] {
  return run.data.resultData.runData[name] ?? [];
}

function tasksInOrder(report: RunReport): Array<{ node: INode; task: ITaskData; runIndex: number }> {
  return report.workflow.nodes
    .flatMap((node) => tasksOf(report, node).map((task, runIndex) => ({ node, task, runIndex })))
    .sort((a, b) => a.task.executionIndex - b.task.executionIndex);
}

function printTask(report: RunReport, node: INode, task: ITaskData, runIndex: number): void {
  const runs = tasksOf(report, node).length;
  const which = runs === 1 ? '' : ` (run ${runIndex + 1} of ${runs})`;
  print(`\n${styleText('bold', styleText('cyan', node.name + which))}  ${dim(`${task.executionTime} ms`)}`);
  for (const hint of task.hints ?? []) print(`  ${styleText('yellow', hint.message)}`);
  const outputs = task.data?.main ?? [];
  const names = outputNames(report, node);
  const inputs = inputsOf(report, task);
  outputs.forEach((items, index) => {
    if (items === null || (items.length === 0 && outputs.length > 1)) return;
    const count = `${items.length} item${items.length === 1 ? '' : 's'}`;
    const target = targetOf(report, node, index);
    const to = target === '' ? '' : dim(` → ${target}`);
    print(`  ${styleText('bold', names[index] ?? `Output ${index + 1}`)}: ${count}${to}`);
    // A node that passes items on shows what the node before it has just shown.
    if (items.every(({ json }) => inputs.some((input) => isDeepStrictEqual(input.json, json)))) return;
    items.forEach((item, position) => printItem(item, position, inputs));
  });
}

/** The items that a run of a node received. */
function inputsOf({ run }: RunReport, { source }: ITaskData): INodeExecutionData[] {
  return source.flatMap((from) => {
    if (from === null) return [];
    const task = run.data.resultData.runData[from.previousNode]?.[from.previousNodeRun ?? 0];
    return task?.data?.main?.[from.previousNodeOutput ?? 0] ?? [];
  });
}

/** The names of the nodes that an output is connected to. */
function targetOf({ workflow }: RunReport, node: INode, output: number): string {
  return (workflow.connections[node.name]?.main?.[output] ?? []).map((to) => to.node).join(', ');
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

/** An error that came in with one of the `inputs` was shown where it arose. */
function printItem({ json }: INodeExecutionData, index: number, inputs: INodeExecutionData[]): void {
  const { error, ...fields } = json;
  print(`    ${dim(String(index).padStart(2))}  ${shorten(JSON.stringify(fields, hideSecrets))}`);
  if (typeof error !== 'object' || error === null) return;
  if (inputs.some((input) => isDeepStrictEqual(input.json.error, error))) return;
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
