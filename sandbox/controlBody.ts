import { z } from 'zod';

import { AsappError } from './errors';

/** The result of reading a body; whatever is wrong with it becomes a 400. */
export function read<Value>(parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    const message =
      error instanceof z.ZodError
        ? error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
        : (error as Error).message;
    throw new AsappError(400, message);
  }
}
