// A reporter of jest: after a whole run, the tests that took longest.
const MOST = 10;

module.exports = class SlowestTests {
  constructor(globalConfig) {
    this.rootDir = globalConfig.rootDir;
  }

  onRunComplete(_contexts, { testResults }) {
    const tests = testResults.flatMap(({ testFilePath, testResults: results }) =>
      results.map(({ fullName, duration }) => ({
        name: `${testFilePath.slice(this.rootDir.length + 1)}: ${fullName}`,
        seconds: (duration ?? 0) / 1_000,
      })),
    );
    if (testResults.length < 2) return;
    const slowest = tests.sort((one, other) => other.seconds - one.seconds).slice(0, MOST);
    console.log(`\nThe ${slowest.length} slowest tests`);
    for (const { name, seconds } of slowest)
      console.log(`${seconds.toFixed(1).padStart(7)} s  ${name.slice(0, 160)}`);
  }
};
