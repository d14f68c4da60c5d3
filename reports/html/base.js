// What every part of the page uses: the data, building elements, showing numbers and names.
// Text goes into the page as text only, never as markup.
const data = JSON.parse(document.getElementById('data').textContent);

/** Characters that a browser would act upon instead of showing them, as \xHH or \u{…}. */
const acting = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const escaped = (c) => c.charCodeAt(0) < 256
  ? '\\x' + c.charCodeAt(0).toString(16).padStart(2, '0') : '\\u{' + c.charCodeAt(0).toString(16) + '}';
/** One line for a person. */
const show = (text) => String(text).replace(/[\n\t]/g, escaped).replace(acting, escaped);
/** The same, with line ends and tabs. */
const showLines = (text) => String(text).replace(acting, escaped);

const grouped = new Intl.NumberFormat('en-US'); // once: making one for every number takes seconds
const number = (value) => value === null || value === undefined ? 'free' : grouped.format(value);
const plural = (count, one, many) => `${number(count)} ${count === 1 ? one : many || one + 's'}`;

/** "0.99 %", two significant digits. */
function percent(share) {
  if (share === null || share === undefined) return 'not known';
  if (share === 0) return '0 %';
  const value = share * 100;
  if (value >= 99) return Math.floor(value * 1000) / 1000 + ' %'; // never rounded up to a certainty
  return (value >= 10 ? value.toFixed(value % 1 === 0 ? 0 : 1) : value.toPrecision(2)) + ' %';
}

function duration(seconds) {
  if (seconds < 120) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** An element: h('td', {class: 'n'}, 'text', element, …). Functions become listeners. */
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  set(element, attributes);
  append(element, children);
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value);
    else element.setAttribute(name, value);
  }
}

function append(element, children) {
  for (const child of children.flat(2)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** A section of the page with its place in the contents. */
const sections = [];
const shortTitles = {baseline: 'Baseline', policy: 'Policy'};
function section(id, title, lead, ...children) {
  sections.push([id, shortTitles[id] || title]);
  return h('section', {id, 'aria-labeledby': id + '-title'},
    h('h2', {id: id + '-title'}, title), lead && h('p', {class: 'lead'}, lead), children);
}

/** A table with headings; cells are text, elements or [text, attributes]. */
function table(headings, rows) {
  const cell = (tag, content, attributes) => Array.isArray(content)
    ? h(tag, content[1], content[0]) : h(tag, attributes, content);
  return h('div', {class: 'scroll'}, h('table', null,
    h('thead', null, h('tr', null, headings.map((heading) => cell('th', heading, {scope: 'col'})))),
    h('tbody', null, rows.map((row) => h('tr', null, row.map((content) => cell('td', content)))))));
}

/** The member of that name, never one that every object has. */
const own = (object, key) => Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined;
const qualified = (row) => row.arch === data.native ? row.name : `${row.arch}:${row.name}`;
const callLink = (name) => h('a', {href: '#call=' + encodeURIComponent(name), class: 'mono'}, show(name));

/** A command line and a button that copies it. */
function command(text) {
  const button = h('button', {type: 'button', click: () => {
    const done = () => { button.textContent = 'Copied'; setTimeout(() => { button.textContent = 'Copy'; }, 1500); };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, () => {});
  }}, 'Copy');
  return h('div', {class: 'command'}, h('code', null, show(text)), button);
}
const replay = (input) => command(data.replay + input);
