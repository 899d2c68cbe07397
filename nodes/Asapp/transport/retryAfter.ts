/** The three forms of a date in HTTP (RFC 9110, 5.6.7). The last has no zone and means GMT. */
const DATES = [
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * How long an answer asks to wait, in ms: Retry-After as a number of seconds, decimals included, or as a date (RFC 9110,
 * 10.2.3). A date counts from the answer's own, so that a clock that is wrong here or there does not matter. Undefined
 * for anything else, and for what lies in the past.
 */
export function retryAfterOf(headers: Record<string, unknown>): number | undefined {
  const value = single(headers['retry-after'])?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const at = toTime(value);
  if (at === undefined) return undefined;
  const wait = at - (toTime(single(headers.date)?.trim() ?? '') ?? Date.now());
  return wait >= 0 ? wait : undefined;
}

/** A header that came once; several of them contradict each other. */
function single(header: unknown): string | undefined {
  const values: unknown[] = Array.isArray(header) ? header : [header];
  return values.length === 1 && typeof values[0] === 'string' ? values[0] : undefined;
}

function toTime(text: string): number | undefined {
  const form = DATES.findIndex((date) => date.test(text));
  if (form === -1) return undefined;
  const time = Date.parse(form === 2 ? `${text} GMT` : text);
  return Number.isNaN(time) ? undefined : time;
}
