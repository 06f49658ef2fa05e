// Reads what the runs of one `./sentinel test` left (NAME.trx, NAME.log, NAME.exit in the folder given), tells failed
// and skipped tests, and ends with one line of totals. Exits 0 only when at least one test ran and nothing failed.
// A run that broke off counts as one failed test of its project, so that a crash can never look like success.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const stackLinesMax = 12;
const messageLinesMax = 20;
const logLinesMax = 25;

const entities = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const decode = text => text.replace(/&(#x[0-9a-f]+|#[0-9]+|[a-z]+);/gi, (whole, name) => {
  if (name[0] !== '#') { return entities[name] ?? whole; }
  const code = name[1].toLowerCase() === 'x' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
});

const attribute = (tag, name) => {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag);
  return found ? decode(found[1]) : '';
};

const element = (xml, name) => {
  const found = new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`).exec(xml);
  return found ? decode(found[1]).trim() : '';
};

const firstLines = (text, max) => {
  const lines = text.split(/\r?\n/);
  return lines.length <= max ? lines : [...lines.slice(0, max), `(${lines.length - max} more lines)`];
};

function readResults(xml) {
  const results = [];
  // A result without output closes itself; the attributes' values are escaped, so no '>' hides in them.
  for (const found of xml.matchAll(/<UnitTestResult\s([^>]*?)(?:\/>|>([\s\S]*?)<\/UnitTestResult>)/g)) {
    const tag = ` ${found[1]}`;
    const body = found[2] ?? '';
    results.push({
      name: attribute(tag, 'testName'),
      outcome: attribute(tag, 'outcome'),
      message: element(body, 'Message') || element(body, 'StdOut'),
      stack: element(body, 'StackTrace'),
    });
  }
  return results;
}

function readRun(folder, project) {
  const trx = join(folder, `${project}.trx`);
  const exitCode = Number(readFileSync(join(folder, `${project}.exit`), 'utf8'));
  const xml = existsSync(trx) ? readFileSync(trx, 'utf8') : '';
  const results = readResults(xml);
  const failed = results.filter(result => result.outcome !== 'Passed' && result.outcome !== 'NotExecuted');
  const broke = failed.length === 0 && (exitCode !== 0 || (xml !== '' && !xml.includes('</TestRun>')));
  if (broke) {
    const log = readFileSync(join(folder, `${project}.log`), 'utf8').trimEnd().split(/\r?\n/).slice(-logLinesMax);
    failed.push({
      name: `(the run broke off, exit code ${exitCode})`, message: element(xml, 'Text') || log.join('\n'), stack: '',
    });
  }
  return {
    project,
    failed,
    passed: results.filter(result => result.outcome === 'Passed').length,
    skipped: results.filter(result => result.outcome === 'NotExecuted'),
  };
}

const folder = process.argv[2];
const runs = readdirSync(folder).filter(name => name.endsWith('.exit')).sort()
  .map(name => readRun(folder, name.slice(0, -'.exit'.length)));
const say = line => process.stdout.write(`${line}\n`);

for (const run of runs) {
  for (const test of run.skipped) { say(`skipped: ${test.name}: ${firstLines(test.message || 'no reason given', 1)[0]}`); }
}
for (const run of runs) {
  for (const test of run.failed) {
    say('');
    say(`FAILED: ${run.project}: ${test.name}`);
    for (const line of firstLines(test.message, messageLinesMax)) { say(`    ${line}`); }
    if (test.stack) { for (const line of firstLines(test.stack, stackLinesMax)) { say(`    ${line}`); } }
  }
}

const sum = count => runs.reduce((total, run) => total + count(run), 0);
const passed = sum(run => run.passed);
const failed = sum(run => run.failed.length);
if (passed + failed === 0) { say('No test ran.'); }
say(`${passed} passed, ${failed} failed, ${sum(run => run.skipped.length)} skipped`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
