// What went wrong, what changed, what is allowed: failures, baseline, policy and risk, processes,
// environment.
function failures() {
  const kind = (bucket) => bucket.crash ? h('span', {class: 'bad'}, 'crash') : bucket.time_out && bucket.what !== 'time-out' ? h('span', {class: 'warn'}, 'time-out') : '';
  const body = data.failures.length === 0
    ? h('p', {class: 'empty'}, data.runs === 0 ? 'There were no runs.' : `None of ${plural(data.runs, 'run')} crashed or timed out.`)
    : data.failures.map((bucket) => h('div', {style: 'padding:.8rem 0;border-bottom:1px solid var(--line)'},
      h('p', null, kind(bucket), ' ', h('b', null, show(bucket.what)), h('span', {class: 'soft'}, ` in ${plural(bucket.runs, 'run')}, first run ${number(bucket.first_run)}`),
        bucket.last_calls.length > 0 && h('span', {class: 'soft'}, ', last ', h('span', {class: 'mono'}, bucket.last_calls.slice(-3).map(show).join(' → ')))),
      h('details', null, h('summary', null, 'Last calls, output, how to reproduce it'),
        bucket.last_calls.length > 0 && h('p', {class: 'mono'}, bucket.last_calls.map(show).join(' → ')),
        bucket.output_tail && h('pre', {tabindex: '0', 'aria-label': 'end of the output'}, showLines(bucket.output_tail)),
        bucket.first_input && h('div', {style: 'margin-top:.5rem'}, replay(bucket.first_input)))));
  const reasons = Object.entries(data.incomplete_reasons);
  return section('failures', 'Failures', null, body, data.incomplete_runs > 0 &&
    h('p', {style: 'margin-top:1rem'}, `${plural(data.incomplete_runs, 'incomplete run')}`,
      reasons.length > 0 && ': ' + reasons.map(([reason, count]) => `the target ${show(reason)} (${number(count)})`).join('; '), '.'));
}

function baseline() {
  if (data.baseline === null) return null;
  const rows = [...data.gained.map((c) => [h('span', {class: 'bad nowrap'}, '+ gained'), c]), ...data.lost.map((c) => [h('span', {class: 'soft nowrap'}, '− lost'), c])];
  return section('baseline', 'Compared with the baseline', show(data.baseline), rows.length === 0
    ? h('p', {class: 'empty'}, 'No differences: no call was gained or lost.')
    : table(['', 'Call', 'Phase', 'Program', 'Input'], rows.map(([mark, c]) => [mark, data.gained.includes(c) ? callLink(c.call) : h('span', {class: 'mono'}, show(c.call)),
      show(c.phase), show(c.executable), [show(c.input), {class: 'mono soft'}]])));
}

const ruleTexts = {observed: 'seen in a later phase: filters can only be tightened', faulted: 'seen only under faults', family: 'a libc may switch to it',
  always_needed: 'always needed', threads: 'made by the libc when a thread starts or ends', vdso: 'becomes a system call with another clock source', launcher: 'needed to launch the target',
  installer: 'needed to install a later phase’s filter', manual: 'allowed manually', fallback: 'fails so that libc uses its fallback', denied: 'denied manually'};

function allowed() {
  const rules = new Map();
  for (const entry of data.unseen) {
    if (!rules.has(entry.rule)) rules.set(entry.rule, new Map());
    const calls = rules.get(entry.rule);
    if (!calls.has(entry.call)) calls.set(entry.call, []);
    calls.get(entry.call).push(entry.phase);
  }
  if (rules.size === 0) return h('p', {class: 'empty'}, 'No policy was derived, or it allows only observed calls.');
  return h('dl', {class: 'rules'}, [...rules].map(([rule, calls]) => [
    h('dt', null, `${plural(calls.size, 'call')}: ${ruleTexts[rule] || rule}`),
    h('dd', {class: 'mono'}, [...calls.keys()].sort().map(show).join(' '))]));
}

function risky(calls) {
  const list = calls.filter((call) => riskRank[call.risk] >= 2).sort((a, b) => riskRank[b.risk] - riskRank[a.risk] || (a.name < b.name ? -1 : 1));
  if (list.length === 0) return h('p', {class: 'empty'}, 'No call of high or critical risk was seen.');
  return table(['Call', 'Risk', 'What attackers use it for'], list.map((call) => [callLink(call.name),
    h('span', {class: 'bad'}, call.risk), show(own(data.risk_reasons, call.name) || '')]));
}

function verified() {
  if (data.verified === null) return null;
  const v = data.verified;
  const runs = `${plural(v.corpus_runs, 'saved input')} and ${plural(v.fresh_runs, 'fresh run')} under the policy: `;
  return h('div', {style: 'margin-bottom:1.4rem'}, h('h3', null, 'Replay'), v.violations.length === 0
    ? h('p', null, runs, h('span', {class: 'good'}, '✓ no violation'))
    : [h('p', null, runs, h('span', {class: 'bad'}, `✗ ${plural(v.violations.length, 'violation')}`)),
      table(['Call', 'Phase', 'Program', ['Times', {class: 'n'}], 'Input'], v.violations.map((x) => [h('span', {class: 'mono'}, show(x.call)), show(x.phase), show(x.executable), [number(x.times), {class: 'n'}], [show(x.input), {class: 'mono soft'}]]))]);
}

function policy(calls) {
  return section('policy', 'Policy and risk', null, verified(), h('h3', null, 'Risk of the calls seen'), risky(calls),
    h('h3', {style: 'margin-top:1.6rem'}, 'Allowed although no phase showed it'), allowed());
}

/** Trees alike but for their counts are shown once; those with most processes first. */
function processes() {
  const shape = (process) => `${process.executable}[${process.children.map(shape).join()}]`;
  const size = (process) => process.children.reduce((sum, child) => sum + size(child), 1);
  const kinds = new Map();
  for (const tree of data.trees) {
    if (!kinds.has(shape(tree))) kinds.set(shape(tree), []);
    kinds.get(shape(tree)).push(tree);
  }
  const node = (process, alike) => h('li', null, h('b', {class: 'mono'}, show(process.executable || process.name)),
    process.name && !('/' + process.executable).endsWith('/' + process.name) && ` ${show(process.name)}`,
    h('span', {class: 'soft'}, ` ${plural(process.calls, 'call')}${process.threads > 1 ? `, ${process.threads} threads` : ''}, ended in ${show(process.phase)}: ${show(process.end)}`,
      alike > 1 && ` (and ${plural(alike - 1, 'similar run')})`),
    process.children.length > 0 && h('ul', null, process.children.map((child) => node(child, 1))));
  const trees = [...kinds.values()].sort((a, b) => size(b[0]) - size(a[0]));
  return section('processes', 'Processes', trees.length > 0 && 'From runs with saved inputs, one tree of each shape.', trees.length === 0
    ? h('p', {class: 'empty'}, 'No process tree was recorded.') : h('ul', {class: 'tree'}, trees.map((alike) => node(alike[0], alike.length))));
}

function environment() {
  const entries = Object.entries(data.environment);
  return section('environment', 'Environment', entries.length > 0 && 'The environment in which this result is valid.', entries.length === 0
    ? h('p', {class: 'empty'}, 'Not recorded.')
    : h('dl', {class: 'environment'}, entries.map(([name, value]) => [h('dt', null, show(name)), h('dd', null, show(value))])));
}
