// The section of one call: what each phase showed of it, where it comes from, how to repeat it.
function seenIn(phase, row) {
  const share = phase.runs ? ` of ${number(phase.runs)} (${percent(row.runs / phase.runs)})` : '';
  const line = (name, value) => value && [h('dt', null, name), h('dd', null, value)];
  return h('dl', {class: 'pairs'},
    line('calls', row.calls === null ? 'not counted' : number(row.calls)),
    line('runs', number(row.runs) + share),
    line('first', `run ${number(row.first_run)}, after ${duration(row.first_after_s)}`),
    line('by', row.executables.map(show).join(', ')),
    line('threads', row.threads.map(show).join(', ')),
    line('repeats', row.tried > 0 && (row.flaky
      ? h('span', {class: 'warn'}, `flaky: ${row.shown} of ${row.tried}`) : `${row.shown} of ${row.tried}`)),
    line('note', row.faulted && 'seen only under faults'));
}

function countTable(title, entries, key) {
  if (entries.length === 0) return null;
  const shown = entries.slice(0, 12);
  return h('div', null, h('h4', null, title), h('table', {class: 'counts'}, h('tbody', null,
    shown.map((entry) => h('tr', null, h('td', {class: 'n'}, number(entry.times)), h('td', {class: 'mono'}, show(entry[key])))))),
    entries.length > shown.length && h('small', {class: 'soft'}, `and ${entries.length - shown.length} more`));
}

function backtrace(frames) {
  if (frames.length === 0) return null;
  const file = (path) => path.slice(path.lastIndexOf('/') + 1);
  return h('div', null, h('h4', null, 'Where the first one came from'), h('ol', {class: 'trace'}, frames.map((frame) =>
    h('li', {title: show(frame.module)}, frame.symbol ? show(frame.symbol) + ' ' : '',
      h('span', {class: 'soft'}, `${show(file(frame.module))}+0x${frame.offset_bytes.toString(16)}`)))));
}

function witness(row) {
  const hash = row.smallest_input;
  if (!hash) return null;
  const text = own(data.inputs, hash);
  return h('div', null, h('h4', null, 'Smallest input that shows it'),
    text !== undefined && text.trim() === 'harness-input/1' ? h('p', {class: 'soft'}, 'The empty input: the program, just started.')
      : text !== undefined ? h('pre', {tabindex: '0', 'aria-label': 'input'}, showLines(text)) : null,
    h('div', {style: 'margin-top:.5rem'}, replay(hash)));
}

function detail(call) {
  const reason = own(data.risk_reasons, call.name);
  const parts = call.rows.map((row, index) => row && h('div', {class: 'seen'},
    h('div', null, h('h3', null, show(data.phases[index].name)), seenIn(data.phases[index], row)),
    h('div', {class: 'stack'}, countTable('Arguments', row.arguments, 'text'), countTable('Errors', row.errno, 'name')),
    backtrace(row.backtrace), witness(row))).filter(Boolean);
  parts.slice(1).forEach((part) => part.classList.add('more'));
  return h('div', {class: 'inner'}, reason && h('p', null, h('b', null, `Risk ${call.risk}: `), show(reason), '.'), parts);
}
