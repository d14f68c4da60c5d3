// Line charts as SVG: steps of discovery with the validation attempts, and the rarefaction curve.
const svgNamespace = 'http://www.w3.org/2000/svg';
function s(tag, attributes, ...children) {
  const element = document.createElementNS(svgNamespace, tag);
  set(element, attributes);
  append(element, children);
  return element;
}

/** About `count` round values from 0 to `highest`. */
function ticks(highest, count) {
  const rough = highest / count || 1;
  const power = Math.pow(10, Math.floor(Math.log10(rough)));
  const step = Math.max(1, [1, 2, 5, 10].map((m) => m * power).find((m) => m >= rough));
  const values = [];
  for (let value = 0; value <= highest * 1.0001; value += step) values.push(value);
  return values;
}

const compact = (value) => value >= 1e6 ? value / 1e6 + ' M' : number(value);
const color = (index) => `var(--s${index % 6})`;
const dash = (index) => ['none', '7 3', '2 3', '9 3 2 3', '5 5', '1 4'][index % 6];

/** Moves labels apart so that none covers another; `places` are sorted copies of what is given. */
function spread(places, least, lowest) {
  const order = places.map((y, index) => ({y, index})).sort((a, b) => a.y - b.y);
  order.forEach((place, i) => { if (i > 0) place.y = Math.max(place.y, order[i - 1].y + least); });
  for (let i = order.length - 1; i >= 0; i -= 1) order[i].y = Math.min(order[i].y, i + 1 < order.length ? order[i + 1].y - least : lowest);
  const result = [];
  order.forEach((place) => { result[place.index] = place.y; });
  return result;
}

/** series: [{name, points: [[x, y]…]}]; bands: [{from, to, label, title}]. */
function chart({series, bands = [], xName, yName, step, label}) {
  // Drawn for the width there is, so that letters keep their size on a phone.
  const narrow = matchMedia('(max-width: 40rem)').matches;
  const width = narrow ? 380 : 760, height = narrow ? 250 : 300, left = 40, right = narrow ? 104 : 150, top = 34, bottom = 40;
  const xMost = Math.max(1, ...series.flatMap((one) => one.points.map((p) => p[0])));
  const yMost = Math.max(1, ...series.flatMap((one) => one.points.map((p) => p[1]))) * 1.06;
  const x = (value) => left + (width - left - right) * value / xMost;
  const y = (value) => height - bottom - (height - top - bottom) * value / yMost;
  const svg = s('svg', {viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label});
  for (const value of ticks(yMost, 5)) {
    svg.append(s('line', {class: 'grid', x1: left, x2: width - right, y1: y(value), y2: y(value)}),
      s('text', {x: left - 8, y: y(value) + 4, 'text-anchor': 'end'}, compact(value)));
  }
  for (const value of ticks(xMost, narrow ? 3 : 6)) {
    svg.append(s('text', {x: x(value), y: height - bottom + 18, 'text-anchor': 'middle'}, compact(value)));
  }
  svg.append(s('text', {x: (left + width - right) / 2, y: height - 4, 'text-anchor': 'middle'}, xName),
    s('text', {x: 0, y: 12}, yName));
  const names = []; // of bands that begin too close together for two labels, one label
  for (const band of [...bands].sort((a, b) => a.from - b.from)) {
    const from = x(Math.min(band.from, xMost)), to = x(Math.min(band.to, xMost));
    svg.append(s('rect', {class: 'band', x: from, y: top, width: Math.max(2, to - from), height: height - top - bottom}, s('title', null, band.title)),
      s('line', {class: 'bandline', x1: from, x2: from, y1: top, y2: height - bottom}));
    const before = names[names.length - 1];
    if (before && from - before.from < 8 * (before.text.length + 1)) before.text += `, ${band.label}`;
    else names.push({from, text: band.label});
  }
  names.forEach(({from, text}) => svg.append(s('text', {x: from + 2, y: top - 6}, text)));
  const ends = spread(series.map((one) => y(one.points.length ? one.points[one.points.length - 1][1] : 0) + 4), 15, height - bottom);
  series.forEach((one, index) => {
    let path = '';
    one.points.forEach(([px, py], i) => { path += i === 0 ? `M${x(px)} ${y(py)}` : step ? `H${x(px)}V${y(py)}` : `L${x(px)} ${y(py)}`; });
    svg.append(s('path', {d: path, fill: 'none', stroke: color(index), 'stroke-width': 2, 'stroke-dasharray': dash(index), 'stroke-linejoin': 'round'}),
      s('text', {x: width - right + 8, y: ends[index], style: `fill:${color(index)};font-weight:600`},
        `${show(one.name).slice(0, narrow ? 9 : 16)} ${one.points.length ? compact(Math.round(one.points[one.points.length - 1][1])) : ''}`));
  });
  const caption = h('figcaption');
  const cursor = s('line', {class: 'cursor', y1: top, y2: height - bottom, visibility: 'hidden'});
  svg.append(cursor);
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    const at = ((event.clientX - box.left) * width / box.width - left) / (width - left - right) * xMost;
    if (at < 0 || at > xMost) return;
    cursor.setAttribute('x1', x(at)); cursor.setAttribute('x2', x(at)); cursor.setAttribute('visibility', 'visible');
    caption.textContent = `${number(Math.round(at))} ${xName}: ` + series.map((one) => {
      const before = one.points.filter((p) => p[0] <= at);
      return `${show(one.name)} ${before.length ? number(Math.round(before[before.length - 1][1])) : 0}`;
    }).join(', ');
  });
  svg.addEventListener('pointerleave', () => { cursor.setAttribute('visibility', 'hidden'); caption.textContent = ''; });
  return h('figure', null, svg, caption);
}

/** Points where something changes, and the last: a step curve needs no others. */
function changes(points) {
  return points.filter((p, i) => i === 0 || i === points.length - 1 || p[1] !== points[i - 1][1] || p[1] !== points[i + 1][1]);
}

function discovery() {
  if (data.curve.length < 2) {
    return section('discovery', 'Discovery', null, h('p', {class: 'empty'}, 'Too few runs for a curve.'));
  }
  const series = data.phases.map((phase) => ({name: phase.name,
    points: changes([[0, 0], ...data.curve.map((point) => [point.runs, own(point.pairs, phase.name) || 0])])}));
  const several = data.attempts.some((attempt) => attempt.replicate > 1);
  const bands = data.attempts.map((attempt) => ({from: attempt.began_at_run, to: attempt.began_at_run + attempt.runs,
    label: (several ? attempt.replicate + '.' : '') + attempt.number,
    title: `validation attempt ${attempt.number}${several ? ' of replicate ' + attempt.replicate : ''}: ${plural(attempt.runs, 'run')}`}));
  const last = series.map((one) => `${show(one.name)} ${one.points[one.points.length - 1][1]}`).join(', ');
  const news = data.attempts.some((a) => a.runs > 0);
  return section('discovery', 'Discovery', 'Calls known in each phase after N runs' + (data.fault_only.length > 0 ? ', including those seen only under faults. ' : '. ') +
      (!news ? '' : several ? 'Shaded: validation attempts, by replicate and number.' : 'Shaded: validation attempts, numbered.'),
    chart({series, bands, step: true, xName: 'runs', yName: 'calls', label: `Discovery curves; at the end ${last}`}));
}
