import type { IExecuteFunctions, NodeParameterValueType } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';
import { PlainFieldExpression } from './PlainFieldExpression';

/** How a parameter is called in the editor, for messages, and whether its value may be quoted there. */
export interface Label {
  displayName: string;
  secret?: boolean;
}

/** The node's parameters during one run of the node. */
export class NodeParameters {
  /** Zone in which a time without a zone is meant: the workflow's, else the instance's. */
  readonly timezone: string;
  private readonly saved: unknown;
  private readonly constants = new Map<string, unknown>();
  private readonly expressions = new Map<string, boolean>();
  private readonly plainFields = new Map<string, PlainFieldExpression | undefined>();

  constructor(private readonly context: IExecuteFunctions) {
    this.timezone = context.getTimezone();
    this.saved = context.getNode().parameters;
  }

  /** The parameters as one item sees them. */
  ofItem(itemIndex: number): ItemParameters {
    return new ItemParameters(this, itemIndex);
  }

  /**
   * The value of a parameter for an item, '' when there is none. Evaluating expressions is the largest cost of an item:
   * what is the same for every item is read once, and a plain field of the item is read without n8n's evaluation.
   */
  read(name: string, itemIndex: number): unknown {
    if (this.constants.has(name)) return this.constants.get(name);
    const plainField = this.plainField(name);
    const known = plainField?.valueFor(itemIndex);
    if (known !== undefined) return known;
    if (this.isInsideExpression(name)) {
      throw new Error('a collection that is one expression as a whole has no fields for n8n');
    }
    const value: NodeParameterValueType | object = this.context.getNodeParameter(name, itemIndex, '');
    plainField?.compare(itemIndex, value);
    if (!this.hasExpression(name)) this.constants.set(name, value);
    return value;
  }

  /** Whether the parameter is in the saved node: of a collection, whether it was added in the editor. */
  isSaved(name: string): boolean {
    return valueAt(this.saved, name.split('.')) !== undefined;
  }

  /** Whether what the parameter stands in is itself one expression, in which n8n would find nothing. */
  private isInsideExpression(name: string): boolean {
    return (
      this.hasExpression(name) &&
      typeof closestValueAt(this.saved, name.split('.')) === 'string' &&
      !this.isSaved(name)
    );
  }

  private plainField(name: string): PlainFieldExpression | undefined {
    if (!this.plainFields.has(name)) {
      const expression = PlainFieldExpression.of(
        valueAt(this.saved, name.split('.')),
        this.context.getInputData(),
      );
      this.plainFields.set(name, expression);
    }
    return this.plainFields.get(name);
  }

  /** Whether the value of a parameter, and of everything inside it, is the same for all items. */
  isConstant(name: string): boolean {
    return !this.hasExpression(name);
  }

  private hasExpression(name: string): boolean {
    const known = this.expressions.get(name);
    if (known !== undefined) return known;
    const found = containsExpression(closestValueAt(this.saved, name.split('.')));
    this.expressions.set(name, found);
    return found;
  }
}

/** The node's parameters as one item sees them: every expression is evaluated for this item, at most once. */
export class ItemParameters {
  private readonly values = new Map<string, unknown>();

  constructor(
    private readonly parameters: NodeParameters,
    private readonly itemIndex: number,
  ) {}

  get timezone(): string {
    return this.parameters.timezone;
  }

  /** Whether the parameter was given at all; what was given and is empty may be an expression that finds nothing. */
  isGiven(name: string): boolean {
    return this.parameters.isSaved(name);
  }

  /**
   * The value of a parameter, '' when the item has none.
   *
   * @throws AsappError `invalidInput` naming the field when its expression fails.
   */
  read(name: string, label: Label): unknown {
    if (this.values.has(name)) return this.values.get(name);
    try {
      const value = this.parameters.read(name, this.itemIndex);
      this.values.set(name, value);
      return value;
    } catch (error) {
      const reason = label.secret === true || !(error instanceof Error) ? '' : `: ${error.message}`;
      throw invalidInput(`'${label.displayName}' has an expression that could not be evaluated${reason}`);
    }
  }
}

function valueAt(value: unknown, [key, ...rest]: string[]): unknown {
  if (key === undefined) return value;
  return typeof value === 'object' && value !== null
    ? valueAt((value as Record<string, unknown>)[key], rest)
    : undefined;
}

/** The value at the path, or the parent that is no object: as an expression it decides over everything inside it. */
function closestValueAt(value: unknown, [key, ...rest]: string[]): unknown {
  if (key === undefined || typeof value !== 'object' || value === null) return value;
  return closestValueAt((value as Record<string, unknown>)[key], rest);
}

/** n8n marks an expression by a leading equals sign. */
function containsExpression(value: unknown): boolean {
  if (typeof value === 'string') return value.startsWith('=');
  return typeof value === 'object' && value !== null && Object.values(value).some(containsExpression);
}
