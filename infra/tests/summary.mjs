// Reads what the runs of one `./sentinel test` left (a folder a project in the one given), tells failed
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

// The tests that had begun and not ended, from the list the runner keeps for this.
function runningTests(folder) {
  return readdirSync(folder, { recursive: true }).filter(name => /(^|\/)Sequence_[^/]*\.xml$/.test(name))
    .flatMap(name => [...readFileSync(join(folder, name), 'utf8').matchAll(/<Test\s([^>]*)\/>/g)])
    .map(found => ` ${found[1]}`).filter(tag => attribute(tag, 'Completed') === 'False')
    .map(tag => attribute(tag, 'DisplayName') || attribute(tag, 'Name'));
}

function describeBreak(folder, xml, exitCode) {
  const running = [...new Set(runningTests(folder))];
  const reasons = [...xml.matchAll(/<RunInfo\s[\s\S]*?<\/RunInfo>/g)].map(found => element(found[0], 'Text')).filter(Boolean);
  const log = readFileSync(join(folder, 'run.log'), 'utf8').trimEnd().split(/\r?\n/).slice(-logLinesMax);
  return {
    name: running.join(', ') || '(no test in particular)',
    message: [`The run broke off with exit code ${exitCode}.`, ...(reasons.length > 0 ? reasons : log)].join('\n'),
    stack: '',
  };
}

function readRun(parent, project) {
  const folder = join(parent, project);
  const trx = join(folder, 'run.trx');
  const exitCode = Number(readFileSync(join(folder, 'run.exit'), 'utf8'));
  const xml = existsSync(trx) ? readFileSync(trx, 'utf8') : '';
  const results = readResults(xml);
  const failed = results.filter(result => result.outcome !== 'Passed' && result.outcome !== 'NotExecuted');
  const cut = xml !== '' && !xml.includes('</TestRun>');
  if (cut || runningTests(folder).length > 0 || (failed.length === 0 && exitCode !== 0)) { failed.push(describeBreak(folder, xml, exitCode)); }
  return {
    project,
    failed,
    passed: results.filter(result => result.outcome === 'Passed').length,
    skipped: results.filter(result => result.outcome === 'NotExecuted'),
  };
}

const folder = process.argv[2];
const runs = readdirSync(folder).sort().map(project => readRun(folder, project));
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
