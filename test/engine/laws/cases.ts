/** How many cases a law is tried with: 300 in `npm test`, more with `npm run test:laws`. */
export const CASES = Number(process.env.LAW_CASES ?? 300);

/** Time for all of them, in ms. */
export const CASES_TIMEOUT = 30_000 + CASES * 100;
