import type { IDataObject, IRun } from 'n8n-workflow';

/** The json of what left `node` on its first output, over all its runs. */
export function itemsAt(run: IRun, node: string): IDataObject[] {
  return (run.data.resultData.runData[node] ?? []).flatMap((task) =>
    (task.data?.main?.[0] ?? []).map(({ json }) => json),
  );
}

/** The number of items on each output of each run of `node`. */
export function counts(run: IRun, node: string): number[][] {
  return (run.data.resultData.runData[node] ?? []).map((task) =>
    (task.data?.main ?? []).map((items) => items?.length ?? 0),
  );
}

/** The kind of the error on an item. */
export function kindOf({ error }: IDataObject): unknown {
  return (error as IDataObject | undefined)?.kind;
}
