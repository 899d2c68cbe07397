import { readExamples } from '../../scripts/n8n/examples';

describe.each(readExamples())('the canvas of $id', ({ nodes }) => {
  const notes = nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
  const steps = nodes.filter((node) => !notes.includes(node));

  test('has room for every node', () => {
    for (const [index, a] of nodes.entries())
      for (const b of nodes.slice(index + 1)) {
        const apart = [0, 1].map((axis) => Math.abs((a.position[axis] ?? 0) - (b.position[axis] ?? 0)));
        expect(Math.max(...apart)).toBeGreaterThanOrEqual(100);
        // The name of a node stands below it, and what it does below that.
        const [across = 0, down = 0] = apart;
        if (steps.includes(a) && steps.includes(b) && across < 150) expect(down).toBeGreaterThanOrEqual(150);
      }
  });

  test('has no note that lies over a node', () => {
    for (const { position, parameters } of notes) {
      const [left, top] = position;
      const right = left + Number(parameters.width);
      const bottom = top + Number(parameters.height);
      // A node is 100 wide and high; its name stands below and may be wider by half of it at each side.
      const covered = steps.filter(
        ({ position: [x, y] }) => x + 150 > left && x - 50 < right && y + 140 > top && y < bottom,
      );
      expect(covered.map(({ name }) => name)).toEqual([]);
    }
  });

  test('has no end at which nothing happens', () => {
    const idle = steps.filter(({ type }) => type === 'n8n-nodes-base.noOp');
    expect(idle.map(({ name }) => name)).toEqual([]);
  });

  test('names every node and gives it an id of its own', () => {
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
    expect(new Set(nodes.map(({ name }) => name)).size).toBe(nodes.length);
  });
});
