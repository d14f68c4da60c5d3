// The matrix: calls by phases, with search, filters, sorting, and a detail row for each call.
const riskRank = {low: 0, medium: 1, high: 2, critical: 3};

/** One entry a call, with its row of each phase (or null). */
function collectCalls() {
  const calls = new Map();
  data.phases.forEach((phase, index) => {
    for (const [rows, faulted] of [[phase.syscalls, false], [phase.fault_only, true]]) {
      for (const row of rows) {
        const name = qualified(row);
        if (!calls.has(name)) {
          calls.set(name, {name, category: row.category, risk: row.risk,
            rows: data.phases.map(() => null), total: 0, runs: 0, first: Infinity});
        }
        const call = calls.get(name);
        call.rows[index] = Object.assign({}, row, {faulted});
        call.total += row.calls || 0;
        call.runs = Math.max(call.runs, row.runs);
        call.first = Math.min(call.first, row.first_run);
      }
    }
  });
  for (const call of calls.values()) {
    const rows = call.rows.filter(Boolean);
    call.flaky = rows.some((row) => row.flaky);
    call.gained = rows.some((row) => row.gained);
    call.faulted = rows.every((row) => row.faulted);
    call.single = rows.length === 1;
    call.foreign = call.name.includes(':');
  }
  return [...calls.values()];
}

/** What a search looks through; put together by the first one. */
function searched(call) {
  call.text ||= [call.name, call.category, call.risk, ...call.rows.filter(Boolean).flatMap((row) => [...row.executables,
    ...row.threads, ...row.arguments.map((a) => a.text), ...row.errno.map((e) => e.name)])].join('\n').toLowerCase();
  return call.text;
}

const filters = {
  all: ['all calls', () => true],
  single: ['in one phase only', (call) => call.single],
  risky: ['high or critical risk', (call) => riskRank[call.risk] >= 2],
  gained: ['outside the baseline', (call) => call.gained],
  flaky: ['flaky', (call) => call.flaky],
  faulted: ['only under faults', (call) => call.faulted],
  foreign: ['of another architecture', (call) => call.foreign],
};

function compare(key) {
  const by = (value) => (a, b) => { const x = value(a), y = value(b); return x < y ? -1 : x > y ? 1 : 0; };
  if (key === 'risk') return by((call) => riskRank[call.risk]);
  if (key === 'first') return by((call) => call.first);
  if (key.startsWith('phase')) {
    const index = Number(key.slice(5));
    return by((call) => call.rows[index] ? call.rows[index].calls === null ? Infinity : call.rows[index].calls : -1);
  }
  return by((call) => call.name);
}

function matrix() {
  const calls = collectCalls();
  const state = {sort: 'group', descending: false, search: '', category: '', filter: 'all', open: new Set()};
  const body = h('tbody');
  const output = h('output', {'aria-live': 'polite'});
  const columns = 3 + data.phases.length;
  const most = data.phases.map((phase) => Math.max(1, ...[...phase.syscalls, ...phase.fault_only].map((row) => row.calls || row.runs)));

  const heat = (row, index) => {
    if (!row) return h('td', {class: 'n soft'}, h('span', {'aria-label': 'not seen'}, '·'));
    const value = row.calls === null ? row.runs : row.calls;
    const level = Math.round(9 * Math.log1p(value) / Math.log1p(most[index])); // few levels: their style is shared
    return h('td', {class: 'n heat h' + level, title: `${number(row.calls)} calls in ${plural(row.runs, 'run')}`}, number(row.calls));
  };
  const tags = (call) => [
    call.gained && h('span', {class: 'tag bad'}, 'new'), call.flaky && h('span', {class: 'tag warn'}, 'flaky'),
    call.faulted && h('span', {class: 'tag soft'}, 'only under faults')];
  const line = (call) => {
    const open = state.open.has(call.name);
    const button = h('button', {class: 'name', type: 'button', 'aria-expanded': String(open), 'data-call': call.name,
      click: () => toggle(call.name, true)}, show(call.name));
    const row = h('tr', null, h('td', null, button, tags(call)),
      h('td', {class: riskRank[call.risk] >= 2 ? 'bad' : riskRank[call.risk] ? 'warn' : 'soft'}, call.risk),
      call.rows.map(heat), h('td', {class: 'n soft'}, call.first === Infinity ? '' : number(call.first)));
    return open ? [row, h('tr', {class: 'detail'}, h('td', {colspan: columns}, detail(call)))] : [row];
  };
  const chosen = () => {
    const words = state.search.toLowerCase().split(/\s+/).filter(Boolean);
    const list = calls.filter((call) => filters[state.filter][1](call) && (!state.category || call.category === state.category)
      && words.every((word) => searched(call).includes(word)));
    const order = compare(state.sort);
    const byName = compare('name');
    list.sort((a, b) => (state.descending ? -order(a, b) : order(a, b)) || byName(a, b));
    return list;
  };
  const draw = () => {
    const list = chosen();
    const rows = [];
    if (state.sort === 'group') {
      for (const category of data.categories) {
        const members = list.filter((call) => call.category === category);
        if (members.length === 0) continue;
        rows.push(h('tr', {class: 'group'}, h('td', {colspan: columns}, category, h('small', null, number(members.length)))));
        rows.push(...members.flatMap(line));
      }
    } else {
      rows.push(...list.flatMap(line));
    }
    if (rows.length === 0) {
      rows.push(h('tr', null, h('td', {colspan: columns, class: 'empty'},
        calls.length === 0 ? 'No complete run: there are no system calls to show.' : 'No system call matches. ',
        calls.length > 0 && h('button', {type: 'button', click: clear}, 'Show all'))));
    }
    body.replaceChildren(...rows);
    all.textContent = list.length > 0 && list.every((call) => state.open.has(call.name)) ? 'Close all' : 'Open all';
    output.textContent = list.length === calls.length ? plural(calls.length, 'call') : `${list.length} of ${calls.length} calls`;
    for (const heading of headings) {
      if (heading.key === state.sort) heading.cell.setAttribute('aria-sort', state.descending ? 'descending' : 'ascending');
      else heading.cell.removeAttribute('aria-sort');
    }
  };
  const focus = (name) => { const button = [...body.querySelectorAll('.name')].find((b) => b.dataset.call === name); if (button) button.focus(); return button; };
  const toggle = (name, link) => {
    if (!state.open.delete(name)) { state.open.add(name); if (link) history.replaceState(null, '', '#call=' + encodeURIComponent(name)); }
    draw();
    focus(name);
  };
  const search = h('input', {type: 'search', id: 'search', autocomplete: 'off', placeholder: 'name, program, flag, errno',
    input: () => { state.search = search.value; draw(); }});
  const choice = (options, change) => h('select', {change: (event) => { change(event.target.value); draw(); }},
    options.map(([value, text]) => h('option', {value}, text)));
  const category = choice([['', 'all'], ...data.categories.filter((c) => calls.some((call) => call.category === c)).map((c) => [c, c])],
    (value) => { state.category = value; });
  const filter = choice(Object.entries(filters).filter(([key, f]) => key === 'all' || calls.some(f[1])).map(([key, f]) => [key, f[0]]),
    (value) => { state.filter = value; });
  const clear = () => { search.value = state.search = ''; category.value = state.category = ''; filter.value = state.filter = 'all'; draw(); };
  // Open ones are printed, and found by the browser's own search.
  const all = h('button', {type: 'button', id: 'all', click: () => {
    const names = chosen().map((call) => call.name);
    const close = names.every((name) => state.open.has(name));
    for (const name of names) if (close) state.open.delete(name); else state.open.add(name);
    draw();
  }});
  const sortBy = (key, descendingFirst) => {
    if (state.sort !== key) { state.sort = key; state.descending = descendingFirst; }
    else if (state.descending === descendingFirst) { state.descending = !descendingFirst; }
    else { state.sort = 'group'; state.descending = false; }
    draw();
  };
  const headings = [['name', 'Call', false, ''], ['risk', 'Risk', true, ''],
    ...data.phases.map((phase, index) => ['phase' + index, show(phase.name), true, 'n']), ['first', 'First run', false, 'n']]
    .map(([key, text, descendingFirst, kind]) => ({key, cell: h('th', {scope: 'col', class: kind},
      h('button', {type: 'button', 'data-sort': key, click: () => sortBy(key, descendingFirst)}, text))}));

  /** Shows the call of a deep link, whatever is filtered. */
  const reveal = (name) => {
    if (!calls.some((call) => call.name === name)) return;
    if (!chosen().some((call) => call.name === name)) clear();
    state.open.add(name);
    draw();
    const button = focus(name);
    if (button) button.scrollIntoView({block: 'center', behavior: 'instant'});
  };
  const move = (step) => {
    const buttons = [...body.querySelectorAll('.name')];
    const at = buttons.indexOf(document.activeElement);
    const next = buttons[at < 0 ? 0 : at + step];
    if (next) { next.focus(); next.scrollIntoView({block: 'nearest'}); }
  };
  const onKey = (event) => {
    const inTable = body.contains(document.activeElement);
    if (event.key === '/' && !/INPUT|SELECT|TEXTAREA/.test(document.activeElement.tagName)) { event.preventDefault(); search.focus(); }
    else if (event.key === 'Escape' && document.activeElement === search) { clear(); }
    else if (event.key === 'Escape' && state.open.size > 0) { const name = document.activeElement.dataset.call; state.open.clear(); draw(); if (name) focus(name); }
    else if (event.key === 'ArrowDown' && (inTable || document.activeElement === search)) { event.preventDefault(); move(1); }
    else if (event.key === 'ArrowUp' && inTable) { event.preventDefault(); move(-1); }
  };
  document.addEventListener('keydown', onKey);
  draw();
  const element = section('calls', 'System calls', calls.length > 0 &&
    'How often each call was made in each phase, all runs together. Open a call to see where it comes from and the input that shows it.',
    calls.length > 0 && h('div', {class: 'tools'}, h('label', null, 'Search', search), h('label', null, 'Category', category),
      h('label', null, 'Show', filter), all, output),
    h('div', {class: 'scroll'}, h('table', {class: data.phases.length > 5 ? 'matrix wide' : 'matrix'}, calls.length > 0 && h('thead', null, h('tr', null, headings.map((x) => x.cell))), body)));
  return {element, reveal, calls};
}
