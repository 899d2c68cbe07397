// n8n's own scan, run locally: on the sources and on the package npm would publish, whose content is checked too.
// Stricter than the original, which lets warnings pass.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix, relative, sep } from 'node:path';
import {
  analyzePackage,
  buildScanConfig,
  SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';
import { ESLint } from 'eslint';
import { packAsPublished } from './pack.mjs';
import { ROOT } from './steps.mjs';

const LARGEST_PACKAGE_KB = 100;
const REQUIRED = ['package.json', 'README.md', 'LICENSE', 'index.js'];
const ALLOWED = [
  /^(package\.json|README\.md|LICENSE|index\.js)$/,
  /^dist\/(nodes|credentials)\/(?!.*\.(test|spec)\.js$).+\.js$/,
  /^dist\/icons\/[^/]+\.svg$/,
  /^dist\/nodes\/.+\.node\.json$/,
  /^dist\/nodes\/.+\/__schema__\/.+\.json$/,
];

const temporary = mkdtempSync(join(tmpdir(), 'n8n-nodes-asapp-scan-'));
let findings = [];
try {
  const tarball = packAsPublished(temporary);
  const published = unpack(tarball);
  findings = [
    ...(await scan('the sources', ROOT, SOURCE_FILE_PATTERNS)),
    ...(await scan('the package', published, ['**/*.js', 'package.json'])),
    ...checkContent(published, statSync(tarball).size / 1024),
  ];
} catch (error) {
  findings = [String(error.stderr || error.message)];
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

for (const finding of findings) console.error(finding);
if (findings.length > 0) process.exitCode = 1;

/** Returns the folder the tarball was unpacked to. */
function unpack(tarball) {
  execFileSync('tar', ['-xzf', tarball], { cwd: temporary, stdio: 'pipe' });
  return join(temporary, 'package');
}

/** The scan's own verdict, then its configuration once more for the warnings it does not report. */
async function scan(what, folder, patterns) {
  const verdict = await analyzePackage(folder, patterns);
  if (!verdict.passed) return [`n8n's scan of ${what}: ${verdict.message}\n${verdict.details ?? ''}`];

  const eslint = new ESLint({
    cwd: folder,
    allowInlineConfig: false,
    overrideConfigFile: true,
    overrideConfig: await buildScanConfig(),
    errorOnUnmatchedPattern: false,
  });
  const results = await eslint.lintFiles(patterns);
  const warnings = results.reduce((sum, { warningCount }) => sum + warningCount, 0);
  if (warnings === 0) return [];
  const formatter = await eslint.loadFormatter('stylish');
  return [`n8n's scan of ${what}: ${warnings} warning(s)\n${await formatter.format(results)}`];
}

/** Nothing may be in the package but what n8n loads and people read, and all of that must be there. */
function checkContent(folder, kilobytes) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const names = files.map((file) => relative(folder, file).split(sep).join('/'));
  const { n8n } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const required = [...REQUIRED, ...n8n.credentials, ...n8n.nodes, ...iconsOf(folder, names)];

  console.log(`The package has ${names.length} files; its tarball is ${kilobytes.toFixed(1)} KB`);
  return [
    ...names
      .filter((name) => !ALLOWED.some((allowed) => allowed.test(name)))
      .map((name) => `${name} does not belong in the package`),
    ...required.filter((name) => !names.includes(name)).map((name) => `${name} is missing from the package`),
    ...(kilobytes > LARGEST_PACKAGE_KB ? [`The package is larger than ${LARGEST_PACKAGE_KB} KB`] : []),
  ];
}

/** Icons named by the compiled files, as paths inside the package. */
function iconsOf(folder, names) {
  return names
    .filter((name) => name.endsWith('.js'))
    .flatMap((name) => {
      const icons = readFileSync(join(folder, name), 'utf8').matchAll(/['"]file:([^'"]+\.svg)['"]/g);
      return Array.from(icons, ([, icon]) => posix.join(posix.dirname(name), icon));
    });
}
