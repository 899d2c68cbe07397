// Builds dist: what n8n loads and nothing else.
const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { dest, parallel, series, src } = require('gulp');

/** What tsc does not emit. */
const ASSETS = ['icons/*.svg', 'nodes/**/*.svg', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'];

const clean = () => rm('dist', { recursive: true, force: true });

function compile(done) {
  const args = [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'];
  spawn(process.execPath, args, { stdio: 'inherit' })
    .once('error', done)
    // tsc has already said what is wrong; a stack trace would bury it.
    .once('close', (code) =>
      done(code === 0 ? null : Object.assign(new Error('tsc failed'), { showStack: false })),
    );
}

// Gulp would otherwise read every file as UTF-8 text.
const copyAssets = () => src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));

exports.default = series(clean, parallel(compile, copyAssets));
