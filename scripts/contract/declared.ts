// What follows from the specification and the operations' declarations: the output schemas that the editor shows before
// the first run, the field tables of docs/operations.md, and the picture of the branches. Prints them as JSON: text by path.
import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { deliveryOptions, replyTimeout } from '../../nodes/Asapp/fields/deliveryOptions';
import { propertiesOf } from '../../nodes/Asapp/fields/field';
import { RESOURCES } from '../../nodes/Asapp/operations';
import type { ItemValues, Operation } from '../../nodes/Asapp/operations/operation';
import type { Resource } from '../../nodes/Asapp/operations/resource';
import { ENDPOINTS } from '../../nodes/Asapp/transport/endpoints';
import { exampleOf } from '../../sandbox/schemaValues';
import { loadSpecification } from '../../sandbox/specification';
import { branchPicture } from './branchPicture';

/** What Wait for Reply adds, in the order of the output. */
const REPLY = {
  reply: 'text',
  outcome: 'reply',
  replies: [{ messageId: 'text', text: 'text' }],
  transfer: { referenceVariables: {}, transferVariables: {}, currentTaskName: 'text' },
};

const WITH_REPLY = ` With **Wait for Reply**, what [events.md](events.md#wait-for-reply) describes comes before that.`;

const specified = new Map(
  loadSpecification().operations.map((operation) => [operation.operationId, operation]),
);

const files: Record<string, string> = {
  'docs/operations.md': operationsPage(),
  'docs/images/branches.svg': branchPicture(),
};
for (const { option: resource, operations } of RESOURCES) {
  for (const operation of operations) {
    const path = `nodes/Asapp/__schema__/v1.0.0/${resource.value}/${operation.option.value}.json`;
    files[path] = JSON.stringify({ ...(schemaOf(outputExample(operation)) as object), version: 1 });
  }
}
process.stdout.write(JSON.stringify(files));

/** An output item, made of the specification's examples, with all that the node may add to it. */
function outputExample(operation: Operation): IDataObject {
  const reply = operation.repliesIn === undefined ? {} : REPLY;
  return { ...reply, ...answerExample(operation), ...foundExample(operation) };
}

/** What an item has that is there although no answer said so: all that a look at the conversation tells. */
function foundExample({ saying, output, options, repliesIn, ...operation }: Operation): IDataObject {
  if (saying === undefined) return {};
  const values = valuesOf({ options, ...operation });
  return {
    ...output(values, saying.answer(['text'], values)),
    recovered: true,
    ...('lookBeforeSending' in options ? { alreadyThere: true } : {}),
    ...(repliesIn === undefined ? {} : { healed: true }),
  };
}

/** An output item, made of the specification's examples as the operation makes one of an answer. */
function answerExample(operation: Operation): IDataObject {
  const [endpoint = ''] = operation.endpoints;
  const answer = exampleOf(specified.get(endpoint)?.success.body ?? {}) as IDataObject;
  if (operation.list !== undefined) return (answer[operation.list.key] as IDataObject[])[0] ?? {};
  return operation.output(valuesOf(operation), typeof answer === 'object' ? answer : {});
}

function valuesOf({ fields, options }: Pick<Operation, 'fields' | 'options'>): ItemValues {
  const values = Object.entries({ ...fields, ...options }).map(([key, { properties }]) => [
    key,
    properties[0].type === 'json' ? [] : 'text',
  ]);
  return Object.fromEntries(values) as ItemValues;
}

/** The JSON schema of an example, as far as n8n's editor reads one. */
function schemaOf(value: unknown): object {
  if (Array.isArray(value)) return { type: 'array', items: schemaOf(value[0] ?? '') };
  if (typeof value !== 'object' || value === null) return { type: value === null ? 'string' : typeof value };
  const properties = Object.entries(value).map(([name, part]) => [name, schemaOf(part)]);
  return { type: 'object', properties: Object.fromEntries(properties) as object };
}

function operationsPage(): string {
  return `# Operations and their fields

This page is generated from the node itself by \`npm run contract\`.

${table(
  ['Resource', 'Operations'],
  RESOURCES.map(({ option, operations }) => [
    option.name,
    operations.map(({ option: entry }) => link(option.name, entry.name)).join(' · '),
  ]),
)}

## Options of every operation

${optionTable(propertiesOf({ ...deliveryOptions }))}

Operations with **Wait for Reply** have one more:

${optionTable(propertiesOf({ replyTimeout }))}

**Error Handling** and **Error Branches** are fields of every operation, too: see [errors.md](errors.md).

${RESOURCES.map(resourceSection).join('\n\n')}
`;
}

function resourceSection({ option, operations }: Resource): string {
  return operations.map((operation) => operationSection(option.name, operation)).join('\n\n');
}

function operationSection(resource: string, operation: Operation): string {
  const { option, endpoints, fields, options, lane } = operation;
  const calls = endpoints.map((id) => `\`${ENDPOINTS[id].method} ${ENDPOINTS[id].path}\``);
  const own = propertiesOf(fields).filter(isField);
  const rows = [
    ...own.flatMap((property) => rowsOf(property, own, '')),
    ...propertiesOf(options).flatMap((property) => rowsOf(property, [], 'Options > ')),
  ];
  const laneField = own.find(({ name }) => name === lane)?.displayName;
  const output = Object.keys(answerExample(operation)).map((key) => `\`${key}\``);
  return [
    `## ${resource}: ${option.name}`,
    `${sentence(option.description)} ${calls.join(' or ')}.`,
    table(['Field', 'Required', 'What it is', 'Parameter'], rows),
    ...(laneField === undefined
      ? []
      : [`Items with the same **${laneField}** go one after another, in input order.`]),
    operation.list === undefined
      ? `Output: one item with ${output.join(', ') || 'what ASAPP answers'}.${operation.repliesIn === undefined ? '' : WITH_REPLY}`
      : `Output: an item for each entry of the list, with ${output.join(', ')}. An empty list gives no item.`,
  ].join('\n\n');
}

/** Not a notice, a twin that only keeps a value, or the same field with another default. */
function isField({ name, type }: INodeProperties, index: number, all: INodeProperties[]): boolean {
  return !['notice', 'hidden'].includes(type) && all.findIndex((other) => other.name === name) === index;
}

/** The row of a field, and those of the fields inside it. */
function rowsOf(property: INodeProperties, siblings: INodeProperties[], prefix: string): string[][] {
  const { displayName, name, type, description = '', options = [] } = property;
  const row = [
    prefix + displayName,
    requiredWhen(property, siblings),
    describe(property, description),
    `\`${name}\``,
  ];
  if (type !== 'collection') return [row];
  const inside = (options as INodeProperties[])
    .filter(isField)
    .flatMap((option) => rowsOf(option, [], `${displayName} > `));
  return [row, ...inside];
}

function describe({ type, options = [] }: INodeProperties, description: string): string {
  const choices = type === 'options' ? (options as INodePropertyOptions[]).map(({ name }) => name) : [];
  return choices.length === 0
    ? sentence(description)
    : `${sentence(description)} One of: ${choices.join(', ')}.`;
}

function requiredWhen({ required, displayOptions }: INodeProperties, siblings: INodeProperties[]): string {
  const conditions = Object.entries(displayOptions?.show ?? {}).flatMap(([name, values]) => {
    const condition = siblings.find((sibling) => sibling.name === name.replace(/^\//, ''));
    if (condition === undefined) return [];
    const [value] = values ?? [];
    const entries = (condition.options ?? []) as INodePropertyOptions[];
    const shown = entries.find((entry) => entry.value === value)?.name ?? (value === true ? 'on' : 'off');
    return [`with **${condition.displayName}** ${shown}`];
  });
  if (required === true) return conditions.length === 0 ? 'yes' : conditions.join(', ');
  return conditions.length === 0 ? 'no' : `no; ${conditions.join(', ')}`;
}

function optionTable(properties: INodeProperties[]): string {
  return table(
    ['Option', 'Default', 'What it is', 'Parameter'],
    properties.map(({ displayName, name, default: fallback, description = '' }) => [
      displayName,
      String(fallback),
      sentence(description),
      `\`options.${name}\``,
    ]),
  );
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function sentence(text: string): string {
  return text === '' || text.endsWith('.') ? text : `${text}.`;
}

function link(resource: string, operation: string): string {
  const anchor = `${resource}-${operation}`.toLowerCase().replaceAll(' ', '-');
  return `[${operation}](#${anchor})`;
}
