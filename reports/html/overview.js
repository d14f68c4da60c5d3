// The overview: the facts, a bar for each phase, the gates.
function facts() {
  const risk = data.residual_risk;
  const fact = (name, value, note) => h('div', null, h('dt', null, name), h('dd', null, value, ' ', note && h('small', null, note)));
  return h('dl', {class: 'facts'},
    fact('System calls', number(data.union.length),
      data.fault_only.length > 0 && `+ ${number(data.fault_only.length)} only under faults`),
    fact('Runs', number(data.runs), data.elapsed_s > 0 && `${number(data.runs_per_s)} per second`),
    fact('Time', duration(data.elapsed_s)),
    fact('Inputs saved', number(data.corpus)),
    fact('Probability of another call', risk.bound === null ? '—' : `< ${percent(risk.bound)}`,
      risk.bound === null ? 'no complete validation' : `per run, ${percent(risk.confidence)} confidence`));
}

function phaseBars() {
  const where = new Map();
  for (const phase of data.phases) {
    for (const row of phase.syscalls) where.set(qualified(row), (where.get(qualified(row)) || 0) + 1);
  }
  const most = Math.max(1, ...data.phases.map((phase) => phase.syscalls.length));
  const bars = data.phases.map((phase) => {
    const all = phase.syscalls.length;
    const own = phase.syscalls.filter((row) => where.get(qualified(row)) === 1).length;
    return h('div', {class: 'phase'},
      h('div', {class: 'who'}, h('b', null, show(phase.name)),
        h('small', null, phase.trigger ? `begins at ${show(phase.trigger)}` : '')),
      h('div', {class: 'track', role: 'img', 'aria-label': `${all} calls, ${own} of them only in this phase`},
        h('div', {class: 'own', style: `width:${100 * own / most}%`}),
        h('div', {class: 'shared', style: `width:${100 * (all - own) / most}%`})),
      h('div', {class: 'many'}, h('b', null, number(all)), ' calls',
        h('small', null, phase.runs ? plural(phase.runs, 'run') : 'not reached')));
  });
  return [h('div', {class: 'phases'}, bars),
    data.phases.length > 1 && h('p', {class: 'legend'},
      h('span', null, h('i', {style: 'background:var(--accent)'}), 'only in this phase'),
      h('span', null, h('i', {style: 'background:rgba(var(--heat),.38)'}), 'also in other phases'))];
}

function gates() {
  const state = (gate) => !gate.applies ? h('span', {class: 'soft'}, '– not set')
    : gate.passed ? h('span', {class: 'good'}, '✓ passed') : h('span', {class: 'bad'}, '✗ failed');
  return [h('h3', null, 'Gates'),
    h('ul', {class: 'gates'}, data.gates.map((gate) =>
      h('li', null, state(gate), h('span', null, gate.name), h('span', {class: 'soft'}, show(gate.text)))))];
}

function overview() {
  return section('overview', 'Overview', null, facts(),
    h('div', {class: 'two', style: 'margin-top:1.4rem'}, h('div', null, phaseBars()), h('div', null, gates())));
}
