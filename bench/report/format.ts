/** `1.23` */
export function ratio(value: number): string {
  return value.toFixed(2);
}

/** `5.21 s` or `830 ms` */
export function duration(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1_000).toFixed(2)} s`;
}

/** `1,500` */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `120 MB` */
export function megabytes(value: number): string {
  return `${whole(value)} MB`;
}
