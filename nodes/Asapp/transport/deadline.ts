interface Deadline {
  at: number;
  expire(): void;
}

/** Shared by everything in this process: a timer for each call would cost more than all else that is done for it here. */
const deadlines = new Set<Deadline>();
let nextCheck = Infinity;

/** What `task` resolves to, or what `onExpiry` returns when that takes longer than `ms`. `task` must not reject. */
export async function withDeadline<Result>(
  task: Promise<Result>,
  ms: number,
  onExpiry: () => Result,
): Promise<Result> {
  return await new Promise((resolve) => {
    const deadline: Deadline = { at: performance.now() + ms, expire: () => resolve(onExpiry()) };
    deadlines.add(deadline);
    checkAt(deadline.at);
    void task.then((result) => {
      deadlines.delete(deadline);
      resolve(result);
    });
  });
}

function checkAt(at: number): void {
  if (at >= nextCheck) return;
  nextCheck = at;
  // A timer that keeps no process alive, unlike sleep.
  const timer = AbortSignal.timeout(Math.max(0, Math.ceil(at - performance.now())));
  timer.addEventListener('abort', () => at === nextCheck && expireDue(), { once: true });
}

function expireDue(): void {
  nextCheck = Infinity;
  const now = performance.now();
  let earliest = Infinity;
  for (const deadline of deadlines) {
    if (deadline.at > now) {
      earliest = Math.min(earliest, deadline.at);
      continue;
    }
    deadlines.delete(deadline);
    deadline.expire();
  }
  checkAt(earliest);
}
