import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

/** `{{ $json.name }}` and deeper, with nothing around it: text beside it would turn the value into text. */
const PLAIN_FIELD = /^=\{\{\s*\$json((?:\.[A-Za-z_$][\w$]*)+)\s*\}\}$/;

/**
 * An expression that only names a field of the item, which is what most items are mapped with. n8n takes about 0.3 ms
 * to evaluate it; reading the field takes nothing. Whatever is not plainly the same is left to n8n: a field that is
 * missing or inherited, and a value that is not text, a number or a boolean.
 */
export class PlainFieldExpression {
  private isTrusted: boolean | undefined;

  private constructor(
    private readonly path: string[],
    private readonly items: INodeExecutionData[],
  ) {}

  /** Undefined when the saved parameter is anything else. */
  static of(parameter: unknown, items: INodeExecutionData[]): PlainFieldExpression | undefined {
    const path = typeof parameter === 'string' ? PLAIN_FIELD.exec(parameter)?.[1] : undefined;
    return path === undefined ? undefined : new PlainFieldExpression(path.slice(1).split('.'), items);
  }

  /** The value for an item; undefined when n8n has to be asked. */
  valueFor(itemIndex: number): string | number | boolean | undefined {
    return this.isTrusted === true ? this.fieldOf(itemIndex) : undefined;
  }

  /**
   * Learns what n8n evaluated for an item. The first time that both have a value decides: where `$json` is something
   * else than the node's own input, as it may be in a tool of an AI agent, n8n is asked each time.
   */
  compare(itemIndex: number, evaluated: unknown): void {
    const field = this.fieldOf(itemIndex);
    if (this.isTrusted === undefined && field !== undefined) this.isTrusted = field === evaluated;
  }

  private fieldOf(itemIndex: number): string | number | boolean | undefined {
    let value: unknown = this.items[itemIndex]?.json;
    for (const key of this.path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
      value = (value as IDataObject)[key];
    }
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? value
      : undefined;
  }
}
