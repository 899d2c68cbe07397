// `npm run test:mutants`: how many small changes of the built code the tests notice. Arguments are rooms, all by default;
// --force judges mutants anew that an earlier run has judged.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ensureBuilt } from './build.mjs';
import { ensureInstalled, requireNode } from './install.mjs';
import { ROOMS } from './mutants/rooms.mjs';

requireNode();
await ensureInstalled();
const { localBin, nodeStep, ROOT, runSteps } = await import('./steps.mjs');

const given = process.argv.slice(2);
const rooms = given.filter((word) => !word.startsWith('--'));
const unknown = rooms.find((room) => !(room in ROOMS));
if (unknown !== undefined) {
  console.error(`There is no room "${unknown}"; choose from ${Object.keys(ROOMS).join(', ')}.`);
  process.exit(1);
}

ensureBuilt();
const rows = [];
for (const room of rooms.length > 0 ? rooms : Object.keys(ROOMS)) {
  process.env.MUTANT_ROOM = room;
  process.env.MUTANT_TESTS = ROOMS[room].tests.join(' ');
  const options = given.filter((word) => word.startsWith('--'));
  const code = await runSteps([
    nodeStep(`Mutants of ${room}`, localBin('@stryker-mutator/core', 'stryker'), ['run', ...options]),
  ]);
  if (code !== 0) process.exit(code);
  rows.push(rowOf(room));
}
console.log('\nroom       mutants  noticed  survived  not run    score  target');
for (const { room, mutants, noticed, survived, notRun, score, target } of rows) {
  const cells = [mutants, noticed, survived, notRun].map((count) => String(count).padStart(9)).join('');
  console.log(`${room.padEnd(9)}${cells}${`${score.toFixed(1)} %`.padStart(9)}${`${target} %`.padStart(8)}`);
}
if (rows.some(({ score, target }) => score < target)) process.exitCode = 1;

function rowOf(room) {
  const { files } = JSON.parse(readFileSync(join(ROOT, '.mutants', `${room}.json`), 'utf8'));
  const all = Object.values(files).flatMap(({ mutants }) => mutants);
  const count = (...statuses) => all.filter(({ status }) => statuses.includes(status)).length;
  const noticed = count('Killed', 'Timeout');
  const survived = count('Survived');
  const notRun = count('NoCoverage');
  const mutants = noticed + survived + notRun;
  return {
    room,
    mutants,
    noticed,
    survived,
    notRun,
    score: (100 * noticed) / mutants,
    target: ROOMS[room].target,
  };
}
