// How sure the sets are: the statement, the attempts, what was not shown, estimates, replicates, shards.
function attemptsTable() {
  if (data.attempts.length === 0) {
    return h('p', {class: 'empty'}, 'No validation attempt was made, so there is no bound on missed calls.');
  }
  const several = data.attempts.some((attempt) => attempt.replicate > 1);
  return table([...(several ? ['Replicate'] : []), 'Attempt', ['Began at run', {class: 'n'}], ['Fresh runs', {class: 'n'}], ['With new calls', {class: 'n'}], ['Bound', {class: 'n'}], 'Result'],
    data.attempts.map((attempt) => [...(several ? [String(attempt.replicate)] : []), String(attempt.number), [number(attempt.began_at_run), {class: 'n'}],
      [`${number(attempt.runs)} of ${number(attempt.planned_runs)}`, {class: 'n'}], [number(attempt.runs_with_news), {class: 'n'}],
      [attempt.bound === null ? '—' : percent(attempt.bound), {class: 'n'}],
      !attempt.complete ? h('span', {class: 'soft'}, 'not complete') : attempt.runs_with_news > 0
        ? h('span', null, h('span', {class: 'warn'}, 'showed '), attempt.news.map((pair, i) => [i ? ', ' : '', callLink(pair.call)]))
        : h('span', {class: 'good'}, '✓ nothing new')]));
}

function phaseBounds() {
  const bounds = data.phases.map((phase) => [phase.name, own(data.residual_risk.phases, phase.name)]).filter((x) => x[1] !== undefined);
  if (bounds.length === 0) return null;
  return h('div', null, h('h3', null, 'Bound by phase'), table(['Phase', ['Bound', {class: 'n'}]],
    bounds.map(([phase, bound]) => [show(phase), [percent(bound), {class: 'n'}]])));
}

function estimates() {
  const e = data.estimates;
  const row = (name, value) => [name, [value === null ? h('span', {class: 'soft'}, 'not estimable') : value, {class: 'n'}]];
  const fixed = (value) => value === null ? null : value.toFixed(1);
  const title = h('h3', null, 'Estimates');
  if (e.expected_new_pairs === null && e.chao2 === null && e.coverage === null) {
    return h('div', null, title, h('p', {class: 'soft'}, data.runs < 2 ? 'Not estimable: fewer than two runs.'
      : 'Not estimable: no pair was seen in exactly one run, so every estimator would report that nothing is missing.'));
  }
  return h('div', null, title, h('p', {class: 'soft'}, 'Informational only.'),
    table(['', ['', {class: 'n'}]], [row('New pairs in the next run', e.expected_new_pairs === null ? null : e.expected_new_pairs.toPrecision(2)),
      row('Lower bound on pairs (Chao2)', e.chao2 === null ? null
        : fixed(e.chao2) + (e.chao2_low === null || e.chao2_high === null ? '' : ` (${fixed(e.chao2_low)} to ${fixed(e.chao2_high)})`)),
      row('Coverage', e.coverage === null ? null : percent(e.coverage)),
      row('Seen by one run, by two', `${number(e.singletons)}, ${number(e.doubletons)}`)]));
}

function replicates() {
  if (data.replicates.length < 2) return null;
  return h('div', null, h('h3', null, 'Replicates'), table(['Replicate', ['Runs', {class: 'n'}], ['Pairs', {class: 'n'}], 'Only here'],
    data.replicates.map((one) => [String(one.number), [number(one.runs), {class: 'n'}], [number(one.pairs), {class: 'n'}],
      one.only_here.length === 0 ? h('span', {class: 'soft'}, 'nothing')
        : h('span', null, one.only_here.map((pair, i) => [i ? ', ' : '', callLink(pair.call), ` (${show(pair.phase)})`]))])));
}

function shards() {
  if (data.shards.length === 0) return null;
  const several = new Set(data.phases.flatMap((phase) => phase.syscalls.flatMap((row) => row.executables))).size > 1;
  const place = (pair) => ` (${show(pair.phase)}${several ? ', ' + show(pair.executable) : ''})`;
  const title = (one) => ({shard: `shard ${show(one.name)}`, fresh: `fresh runs ${show(one.name)}`}[one.kind] || 'campaign');
  return h('div', {style: 'margin-top:1.8rem'}, h('h3', null, 'Shards'), h('p', {class: 'soft'}, 'The merged parts, and the pairs that only one of them saw.'),
    table(['Merged from', ['Runs', {class: 'n'}], ['Calls', {class: 'n'}], ['Pairs', {class: 'n'}], 'Unique'],
      data.shards.map((one) => [h('span', {title: 'campaign ' + show(one.campaign)}, title(one)), [number(one.runs), {class: 'n'}], [number(one.calls), {class: 'n'}],
        [number(one.pairs), {class: 'n'}], one.only_here.length === 0 ? h('span', {class: 'soft'}, 'nothing')
          : h('span', null, one.only_here.map((pair, i) => [i ? ', ' : '', callLink(pair.call), place(pair)]))])));
}

function rarefaction() {
  const points = data.estimates.rarefaction;
  if (points.length < 2) return null;
  return h('div', null, h('h3', null, 'Rarefaction'), h('p', {class: 'soft'}, 'Expected pairs from fewer runs. A flat end means that more runs of the same kind add little.'),
    chart({series: [{name: 'pairs', points: points.map((p) => [p.runs, p.pairs])}], xName: 'runs', yName: 'pairs', label: 'Rarefaction curve'}));
}

function confidence() {
  return section('confidence', 'Confidence', data.statement && show(data.statement),
    data.not_established.length > 0 && h('div', {style: 'margin-bottom:1.2rem'}, h('h3', null, 'Not covered'),
      h('ul', {class: 'plain'}, data.not_established.map((sentence) => h('li', null, show(sentence))))),
    attemptsTable(), h('div', {class: 'two', style: 'margin-top:1.8rem'}, phaseBounds(), estimates(), replicates()),
    shards(),
    h('div', {style: 'margin-top:1.8rem'}, rarefaction()));
}
