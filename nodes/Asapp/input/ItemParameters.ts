import type { IExecuteFunctions } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';

/** How a parameter is called in the editor, for messages, and whether its value may be quoted there. */
export interface Label {
  displayName: string;
  secret?: boolean;
}

/** The node's parameters as one item sees them: every expression is evaluated for this item. */
export class ItemParameters {
  constructor(
    private readonly context: IExecuteFunctions,
    private readonly itemIndex: number,
  ) {}

  /** Zone in which a time without a zone is meant: the workflow's, else the instance's. */
  get timezone(): string {
    return this.context.getTimezone();
  }

  /**
   * The value of a parameter, '' when the item has none.
   *
   * @throws AsappError `invalidInput` naming the field when its expression fails.
   */
  read(name: string, label: Label): unknown {
    try {
      return this.context.getNodeParameter(name, this.itemIndex, '') as unknown;
    } catch (error) {
      const reason = label.secret === true || !(error instanceof Error) ? '' : `: ${error.message}`;
      throw invalidInput(`'${label.displayName}' has an expression that could not be evaluated${reason}`);
    }
  }
}
